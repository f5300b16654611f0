//! Papers: what the service prints, kept as a file in the folder that the console runs in.

use crate::model::Failure;
use crate::perform::failure;
use crate::store::write_private;
use causeway_contract::{Endpoint, Nothing, PathParams, Pdf};
use causeway_openapi::client::{Client, Options};
use causeway_openapi::{delivery, invoice, order, quote};
use std::path::Path;

/// Asks for the paper that this operation prints of this object, and writes it; says where it is.
///
/// # Errors
/// When the service refuses, or the disk does.
pub async fn print(client: &Client, operation: &str, id: &str, folder: &Path) -> Result<String, Failure> {
    match operation {
        invoice::op::PrintInvoice::ID => paper::<invoice::op::PrintInvoice>(client, id, folder).await,
        order::op::PrintOrder::ID => paper::<order::op::PrintOrder>(client, id, folder).await,
        quote::op::PrintQuote::ID => paper::<quote::op::PrintQuote>(client, id, folder).await,
        delivery::op::PrintDelivery::ID => paper::<delivery::op::PrintDelivery>(client, id, folder).await,
        _ => Err(Failure::here(format!("{operation} prints nothing that can be kept"))),
    }
}

async fn paper<E: Endpoint<Query = Nothing, Body = Nothing, Reply = Pdf>>(client: &Client, id: &str, folder: &Path) -> Result<String, Failure> {
    let path = E::Path::read(&[id]).ok_or_else(|| Failure::here(format!("{id} is no id of this kind")))?;
    let file = client.send::<E>(path, &Nothing {}, &Nothing {}, Options::default()).await.map_err(|error| failure(&error))?.body;
    let path = folder.join(name(&file.name, id));
    let (target, bytes) = (path.clone(), file.bytes);
    let written = tokio::task::spawn_blocking(move || write_private(&target, &bytes)).await;
    written.map_err(|error| Failure::here(error.to_string()))?.map_err(|error| Failure::here(format!("the file cannot be written: {error}")))?;
    Ok(format!("The paper is in {}", path.display()))
}

/// The name of the file: the one that the service gives, as far as it names a file of this folder and nothing else; else the id.
fn name(given: &str, id: &str) -> String {
    let plain: String = given.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' }).collect();
    match plain.strip_suffix(".pdf") {
        Some(stem) if !stem.is_empty() && !stem.starts_with('.') => plain,
        _ => format!("{id}.pdf"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_is_kept_in_this_folder_whatever_the_service_calls_it() {
        for (given, wanted) in [
            ("INV-2026-00042.pdf", "INV-2026-00042.pdf"),
            ("../../etc/passwd", "inv_1.pdf"),
            ("../up.pdf", "inv_1.pdf"),
            ("a/b.pdf", "a-b.pdf"),
            ("", "inv_1.pdf"),
            (".pdf", "inv_1.pdf"),
        ] {
            assert_eq!(name(given, "inv_1"), wanted, "{given}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_order_is_printed_to_a_file_that_is_its_owners() {
        use std::os::unix::fs::PermissionsExt;
        let world = causeway_tests::world::World::start().await;
        let tenant = world.sandbox().await;
        let shop = causeway_tests::shop::open(&tenant, "q").await;
        let body = causeway_tests::deal::order_body(&shop, vec![causeway_tests::shop::line(shop.chai, "2")]);
        let made = tenant.post::<order::op::CreateOrder>((), &body).await;
        let client = Client::new(&world.server.url, &tenant.key).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let said = print(&client, "PrintOrder", &made.id.to_string(), folder.path()).await.unwrap();
        let file = folder.path().join(format!("{}.pdf", made.number.replace('/', "-")));
        assert!(said.ends_with(&file.display().to_string()), "{said}");
        assert!(std::fs::read(&file).unwrap().starts_with(b"%PDF-"));
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let nobody = print(&client, "PrintOrder", "ord_00000000000000000000000000", folder.path()).await.unwrap_err();
        assert!(matches!(nobody, Failure::Refused { status: 404, .. }), "{nobody:?}");
    }
}
