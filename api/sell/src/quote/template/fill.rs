//! What a quote takes over from its template.

use super::view::lines;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::sell::quote_templates::{Entity, Model};
use causeway_kernel::Tx;
use causeway_openapi::quote::CreateQuote;
use causeway_value::Day;

/// The body of a quote with what its template adds.
#[derive(Clone, Debug)]
pub struct Filled {
    /// What the quote is made of.
    pub body: CreateQuote,
    /// How many days it is valid, where the body says nothing.
    pub validity_days: Option<i64>,
    /// Whether the lines are those of the template.
    pub lines: bool,
}

impl Filled {
    /// The last day that body or template give, for a quote of today.
    #[must_use]
    pub fn last_day(&self, today: Day) -> Option<Day> {
        self.body.valid_until.or_else(|| self.validity_days.map(|days| today.plus_days(days)))
    }

    /// What is wrong with lines that the caller did not give is told of the template.
    #[must_use]
    pub fn told(&self, mut error: FieldError) -> FieldError {
        let place = error.pointer.as_deref().filter(|_| self.lines).and_then(|pointer| pointer.strip_prefix("/lines/")).map(str::to_owned);
        if let Some(place) = place {
            error.detail = format!("names a template whose lines/{place} {}; give lines, or change the template", error.detail);
            error.pointer = Some("/template_id".to_owned());
        }
        error
    }
}

/// Reads the template that a body names. A wrong one is added to the errors.
///
/// # Errors
/// When the database fails.
pub async fn fill(tx: &mut Tx<'_>, body: &CreateQuote, errors: &mut Vec<FieldError>) -> Result<Filled, Problem> {
    let plain = Filled { body: body.clone(), validity_days: None, lines: false };
    let Some(template) = tx.named::<Entity, _>(body.template_id, "/template_id", errors).await? else { return Ok(plain) };
    if template.company_id != body.company_id {
        errors.push(FieldError::pointer(Code::InvalidValue, "/template_id", "is a template of another company"));
        return Ok(plain);
    }
    if !template.active {
        errors.push(FieldError::pointer(Code::InvalidValue, "/template_id", "is archived: take another, or make it active again"));
        return Ok(plain);
    }
    filled(body, &template)
}

fn filled(body: &CreateQuote, template: &Model) -> Result<Filled, Problem> {
    let mut body = body.clone();
    let from_template = body.lines.is_empty();
    if from_template {
        body.lines = lines(template)?.iter().map(causeway_openapi::quote_template::QuoteTemplateLine::quoted).collect();
    }
    body.payment_term_id = body.payment_term_id.or(template.payment_term_id);
    body.discount_percent = body.discount_percent.or(Some(template.discount_percent));
    body.notes = body.notes.or_else(|| template.notes.clone());
    body.terms = body.terms.or_else(|| template.terms.clone());
    if body.promised_date.is_none() {
        body.lead_days = body.lead_days.or_else(|| template.lead_days.and_then(|days| u32::try_from(days).ok()));
    }
    Ok(Filled { body, validity_days: template.validity_days, lines: from_template })
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_openapi::quote::QuoteLineInput;
    use causeway_value::{CompanyId, Instant, Percent, QuoteTemplateId, TenantId};

    fn template() -> Model {
        Model {
            tenant_id: TenantId::new(),
            id: QuoteTemplateId::new(),
            company_id: CompanyId::new(),
            name: "Starter".to_owned(),
            description: None,
            active: true,
            validity_days: Some(14),
            payment_term_id: None,
            discount_percent: "5".parse().unwrap(),
            lead_days: Some(21),
            notes: Some("Thank you".to_owned()),
            terms: None,
            lines: r#"[{"description":"Setup","quantity":"1","unit_price":"100","section":"Start","optional":true,"lead_days":3}]"#.to_owned(),
            version: 1,
            created_at: Instant(0),
            updated_at: Instant(0),
        }
    }

    #[test]
    fn what_the_body_says_goes_before_the_template() {
        let today: Day = "2026-12-01".parse().unwrap();
        let filled_of = |body: CreateQuote| filled(&body, &template()).unwrap();
        let bare = filled_of(CreateQuote::default());
        assert_eq!((bare.body.lines.len(), bare.body.lines[0].section.as_deref(), bare.body.lines[0].optional), (1, Some("Start"), Some(true)));
        assert_eq!(
            (bare.body.lead_days, bare.body.notes.as_deref(), bare.last_day(today).map(|day| day.to_string())),
            (Some(21), Some("Thank you"), Some("2026-12-15".to_owned()))
        );
        let own = CreateQuote {
            lines: vec![QuoteLineInput::default(), QuoteLineInput::default()],
            discount_percent: Some(Percent::ZERO),
            promised_date: Some("2026-12-24".parse().unwrap()),
            valid_until: Some("2026-12-03".parse().unwrap()),
            notes: Some(String::new()),
            ..CreateQuote::default()
        };
        let own = filled_of(own);
        assert_eq!((own.body.lines.len(), own.body.discount_percent, own.body.lead_days), (2, Some(Percent::ZERO), None));
        assert_eq!((own.body.notes.as_deref(), own.last_day(today).map(|day| day.to_string())), (Some(""), Some("2026-12-03".to_owned())));
    }

    #[test]
    fn errors_of_lines_nobody_gave_are_those_of_the_template() {
        let wrong = || FieldError::pointer(Code::InvalidValue, "/lines/3/product_id", "names a product that is not sold any more");
        let filled = filled(&CreateQuote::default(), &template()).unwrap();
        let told = filled.told(wrong());
        assert_eq!(told.pointer.as_deref(), Some("/template_id"));
        assert!(told.detail.contains("lines/3/product_id names a product"), "{}", told.detail);
        assert_eq!(Filled { lines: false, ..filled }.told(wrong()).pointer.as_deref(), Some("/lines/3/product_id"));
    }
}
