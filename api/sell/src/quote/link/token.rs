//! What a token says.

use causeway_kernel::crypto;
use causeway_openapi::shared_quote::{LinkToken, TOKEN_PREFIX};
use causeway_value::{QuoteId, TenantId};
use uuid::Uuid;

/// A new token for a quote.
pub(super) fn new(tenant: TenantId, quote: QuoteId) -> String {
    let secret = crypto::random::<32>();
    let bytes = [tenant.uuid().as_bytes().as_slice(), quote.uuid().as_bytes(), &secret].concat();
    format!("{TOKEN_PREFIX}{}", crypto::encode(&bytes))
}

/// Of which tenant and quote a token speaks; whether it is right its hash tells.
pub(super) fn read(token: &LinkToken) -> Option<(TenantId, QuoteId)> {
    let bytes = crypto::decode(token.secret())?;
    let tenant = Uuid::from_slice(bytes.get(..16)?).ok()?;
    let quote = Uuid::from_slice(bytes.get(16..32)?).ok()?;
    (bytes.len() == 64).then(|| (TenantId::from_uuid(tenant), QuoteId::from_uuid(quote)))
}

/// What is stored of a token.
pub(super) fn hash(token: &str) -> Vec<u8> {
    crypto::sha256(&[token.as_bytes()]).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_quote_and_no_two_are_equal() {
        let (tenant, quote) = (TenantId::new(), QuoteId::new());
        let (first, second) = (new(tenant, quote), new(tenant, quote));
        assert_eq!(read(&LinkToken::of(&first).unwrap()), Some((tenant, quote)));
        assert_ne!(first, second);
        assert_ne!(hash(&first), hash(&second));
        assert!(first.get(..80).and_then(LinkToken::of).is_none() && LinkToken::of("").is_none());
        assert_eq!(format!("{:?}", LinkToken::of(&first).unwrap()), "LinkToken");
    }
}
