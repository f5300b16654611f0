//! Choosing among the options of a quote when it is accepted (QTE-01, QTE-08).

use super::approve::facts;
use super::{terms, with_totals};
use crate::line::price::settle_again;
use crate::line::{Line, amounts};
use crate::quote::limits::{Facts, Whole, covers, reasons};
use crate::quote::rules;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::govern::companies;
use causeway_entity::master::parties;
use causeway_entity::sell::{quote_lines, quotes};
use causeway_kernel::{Ctx, Tx};
use causeway_master::check::{each_once, finish};
use causeway_value::Json;
use std::collections::BTreeSet;

/// The field of a problem that says which rules a choice breaks.
pub(in crate::quote) const RULES: &str = "approval_rules";

/// The quote and its lines with exactly the options of these numbers taken; as they stand when none are given.
///
/// # Errors
/// `validation_failed` for a number that is no option, and when nothing would be left; `state_conflict` when what is chosen comes to less than nothing, or breaks
/// a rule of the company that nobody approved.
pub(super) async fn choose(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    (company, party): (&companies::Model, &parties::Model),
    quote: quotes::Model,
    rows: Vec<quote_lines::Model>,
    wanted: Option<&[u32]>,
) -> Result<(quotes::Model, Vec<quote_lines::Model>), Problem> {
    let mut lines: Vec<Line> = rows.iter().map(Line::from).collect();
    let was = Whole::of(&lines, quote.discount_percent, quote.currency)?;
    let taken = match wanted {
        Some(wanted) => take(&mut lines, wanted)?,
        None => BTreeSet::new(),
    };
    must_order_something(&lines)?;
    if lines.iter().zip(&rows).all(|(line, row)| line.choice.map(|choice| choice.chosen) == row.chosen) {
        return Ok((quote, rows));
    }
    let rounding = settle_again(tx, quote.company_id, &mut lines, terms(&quote)).await?;
    let totals = amounts::totals(&lines, rounding, quote.currency)?;
    let chosen = with_totals(quote.clone(), &totals);
    rules::below_zero(&format!("The quote {} with these options", quote.number), chosen.total_amount, chosen.currency)?;
    must_be_covered(ctx, (company, party), (was, &chosen), &lines, &taken)?;
    let mut after = Vec::with_capacity(rows.len());
    for (row, line) in rows.into_iter().zip(lines) {
        let (chosen, taxes) = (line.choice.map(|choice| choice.chosen), Json(line.taxes));
        let new = quote_lines::Model { chosen, net_amount: line.net_amount, tax_amount: line.tax_amount, taxes, ..row.clone() };
        tx.update(&row, &new);
        after.push(new);
    }
    Ok((chosen, after))
}

/// What is accepted orders something.
///
/// # Errors
/// `required` when no line counts.
pub fn must_order_something(lines: &[Line]) -> Result<(), Problem> {
    if lines.iter().any(Line::counts) {
        return Ok(());
    }
    Err(Problem::field(Code::Required, "/chosen_options", "must name at least one option: nothing would be ordered"))
}

/// Takes these options and no others. Answers the numbers of the lines that were not taken before.
fn take(lines: &mut [Line], wanted: &[u32]) -> Result<BTreeSet<u32>, Problem> {
    let options: BTreeSet<u32> = lines.iter().filter_map(|line| line.choice).map(|choice| choice.option).collect();
    let mut errors = Vec::new();
    each_once(wanted, "/chosen_options", &mut errors);
    for (index, option) in wanted.iter().enumerate().filter(|(_, option)| !options.contains(option)) {
        let detail = if options.is_empty() { "is no option: the quote has none".to_owned() } else { format!("is no option of the quote: {option}") };
        errors.push(FieldError::pointer(Code::InvalidValue, format!("/chosen_options/{index}"), detail));
    }
    finish(errors)?;
    let mut taken = BTreeSet::new();
    for (number, line) in (1_u32..).zip(lines) {
        let Some(choice) = &mut line.choice else { continue };
        let chosen = wanted.contains(&choice.option);
        if chosen && !choice.chosen {
            taken.insert(number);
        }
        choice.chosen = chosen;
    }
    Ok(taken)
}

/// A choice must not grant what nobody approved. Options were looked at when the quote was submitted; the limits may be others since.
fn must_be_covered(
    ctx: &Ctx,
    (company, party): (&companies::Model, &parties::Model),
    (was, after): (Whole, &quotes::Model),
    lines: &[Line],
    taken: &BTreeSet<u32>,
) -> Result<(), Problem> {
    let Some(limits) = &company.quote_rules else { return Ok(()) };
    // The payment term is that which was looked at.
    let worse = Whole::of(lines, after.discount_percent, after.currency)?.worse_than(was);
    let facts = Facts { term: None, ..facts(after, party, worse, ctx.today(company.time_zone)) };
    let mut broken = reasons(&limits.0, facts, lines)?;
    broken.retain(|reason| reason.line.is_none_or(|line| taken.contains(&line)));
    let approved = after.approval_reasons.as_ref().map_or(&[][..], |reasons| reasons.0.as_slice());
    broken.retain(|reason| !approved.iter().any(|approved| covers(approved, reason)));
    if broken.is_empty() {
        return Ok(());
    }
    let rules: BTreeSet<String> = broken.into_iter().map(|reason| reason.rule).collect();
    let rules: Vec<String> = rules.into_iter().collect();
    let detail = format!(
        "The quote {} with these options needs a second person by the rules of today, beyond what was approved ({}). Revise it with them chosen and submit the revision.",
        after.number,
        rules.join(", ")
    );
    Err(Problem::new(Code::StateConflict, detail).with("status", after.status.to_string()).with(RULES, rules))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::offer::Choice;
    use crate::line::plain_line;

    fn line(choice: Option<(u32, bool)>) -> Line {
        Line { choice: choice.map(|(option, chosen)| Choice { option, chosen }), ..plain_line() }
    }

    #[test]
    fn exactly_the_named_options_are_taken_and_bundles_as_a_whole() {
        let mut lines = [line(None), line(Some((1, true))), line(Some((2, false))), line(Some((2, false))), line(Some((3, true)))];
        assert_eq!(take(&mut lines, &[2, 3]).unwrap(), BTreeSet::from([3, 4]));
        assert_eq!(lines.iter().map(Line::counts).collect::<Vec<_>>(), [true, false, true, true, true]);
        assert_eq!(take(&mut lines, &[]).unwrap(), BTreeSet::new());
        assert_eq!(lines.iter().filter(|line| line.counts()).count(), 1);
        let wrong = take(&mut lines, &[1, 4, 1]).unwrap_err();
        assert_eq!(wrong.errors.iter().filter_map(|error| error.pointer.as_deref()).collect::<Vec<_>>(), ["/chosen_options/2", "/chosen_options/1"]);
    }
}
