//! How a named check of a document ended, and how it is told (BIL-04, CRM-17).

use causeway_contract::Problem;
use causeway_openapi::invoice_check::CheckResult;

/// How a check ended: fine, with a warning, or with the problem that refuses the step.
pub enum Found {
    /// Nothing is wrong.
    Passed,
    /// What somebody should have a look at.
    Warning(String),
    /// What refuses the step.
    Failed(Problem),
}

/// What the API says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// How it ended.
    pub result: CheckResult,
    /// What is wrong and what to do; none when it passed.
    pub detail: Option<String>,
    /// The code of the problem; none unless it failed.
    pub code: Option<String>,
}

impl Found {
    /// A wrong answer of a rule is what was found; a failure of the service itself is nobody's.
    ///
    /// # Errors
    /// That failure.
    pub fn of(result: Result<(), Problem>) -> Result<Self, Problem> {
        match result {
            Ok(()) => Ok(Self::Passed),
            Err(problem) if is_failure(&problem) => Err(problem),
            Err(problem) => Ok(Self::Failed(problem)),
        }
    }

    /// A warning, if there is one.
    #[must_use]
    pub fn warn(detail: Option<String>) -> Self {
        detail.map_or(Self::Passed, Self::Warning)
    }

    /// What the API says of it.
    #[must_use]
    pub fn told(self) -> Told {
        match self {
            Self::Passed => Told { result: CheckResult::Passed, detail: None, code: None },
            Self::Warning(detail) => Told { result: CheckResult::Warning, detail: Some(detail), code: None },
            Self::Failed(problem) => {
                let code: &'static str = problem.code.into();
                Told { result: CheckResult::Failed, detail: Some(in_full(problem)), code: Some(code.to_owned()) }
            }
        }
    }
}

/// What a problem says, with each of its fields: who looks at a list of checks sees nothing else of it.
fn in_full(problem: Problem) -> String {
    // What is wrong with a single field is what the problem says already.
    let [first, second @ ..] = problem.errors.as_slice() else { return problem.detail };
    if second.is_empty() && problem.detail.contains(first.detail.as_str()) {
        return problem.detail;
    }
    let field = |error: &causeway_contract::FieldError| error.pointer.as_deref().map(|pointer| format!(" {pointer} {}.", error.detail)).unwrap_or_default();
    problem.errors.iter().fold(problem.detail, |text, error| text + &field(error))
}

/// Whether the service itself failed.
#[must_use]
pub fn is_failure(problem: &Problem) -> bool {
    problem.status >= 500
}
