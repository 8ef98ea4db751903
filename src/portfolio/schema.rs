//! The fields of a tape: the one table that reading, messages and manuals are driven by.

use super::kind::Kind;
use std::fmt;

/// A field of a tape; the order is that of [`SCHEMA`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Identity of the loan.
    LoanId,
    /// Identity of the borrower.
    ObligorId,
    /// Part of the portfolio.
    Segment,
    /// Exposure at default.
    Ead,
    /// Probability of default.
    Pd,
    /// Rating grade.
    Rating,
    /// Loss given default.
    Lgd,
    /// Impairment stage.
    Stage,
    /// Days that payments are overdue.
    DaysPastDue,
    /// Whether the loan is watched.
    Watchlist,
    /// Contractual interest a year.
    InterestRate,
    /// Day of the last payment.
    MaturityDate,
    /// Months until the last payment.
    RemainingMonths,
    /// Months from origination to the last payment.
    TermMonths,
    /// Committed amount.
    Limit,
    /// Day of origination.
    OriginationDate,
    /// Probability of default expected at origination.
    OriginationPd,
    /// Rating grade at origination.
    OriginationRating,
    /// Value of the collateral.
    CollateralValue,
    /// Day of default.
    DefaultDate,
    /// Day on which the credit risk was last found increased.
    TriggerDate,
}

/// When a tape must have a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needed {
    /// Always.
    Always,
    /// This field or the other one.
    Or(Field),
    /// Never.
    Never,
    /// Never, and it is neither looked for nor read unless the run wants it.
    Wanted,
}

/// One row of the schema.
#[derive(Debug, Clone, Copy)]
pub struct FieldSpec {
    /// The field.
    pub field: Field,
    /// Its name in headers and in `[columns]`.
    pub name: &'static str,
    /// When a tape must have it.
    pub needed: Needed,
    /// What it holds.
    pub kind: Kind,
    /// Other header names that are understood.
    pub aliases: &'static [&'static str],
    /// What it means, in one line.
    pub about: &'static str,
}

/// Every field a tape can have.
pub const SCHEMA: [FieldSpec; Field::COUNT] = [
    FieldSpec {
        field: Field::LoanId,
        name: "loan_id",
        needed: Needed::Never,
        kind: Kind::Text,
        aliases: &["id", "loan_number", "account_id", "contract_id"],
        about: "identity of the loan; only used to notice loans that occur twice",
    },
    FieldSpec {
        field: Field::ObligorId,
        name: "obligor_id",
        needed: Needed::Never,
        kind: Kind::Text,
        aliases: &["obligor", "borrower_id", "customer_id", "client_id"],
        about: "identity of the borrower; loans of one borrower default together",
    },
    FieldSpec {
        field: Field::Segment,
        name: "segment",
        needed: Needed::Never,
        kind: Kind::Text,
        aliases: &["sector", "product", "portfolio", "asset_class"],
        about: "part of the portfolio that shares correlation; `default` where blank",
    },
    FieldSpec {
        field: Field::Ead,
        name: "ead",
        needed: Needed::Always,
        kind: Kind::Amount,
        aliases: &[
            "exposure",
            "exposure_at_default",
            "amount",
            "loan_amount",
            "loan_amnt",
            "balance",
            "outstanding",
            "outstanding_balance",
            "current_balance",
            "principal",
        ],
        about: "exposure at default",
    },
    FieldSpec {
        field: Field::Pd,
        name: "pd",
        needed: Needed::Or(Field::Rating),
        kind: Kind::Share,
        aliases: &["probability_of_default", "pd_1y", "pd_12m", "default_probability"],
        about: "probability of default over the horizon",
    },
    FieldSpec {
        field: Field::Rating,
        name: "rating",
        needed: Needed::Or(Field::Pd),
        kind: Kind::Text,
        aliases: &["grade", "rating_grade", "risk_grade", "credit_rating"],
        about: "rating grade; its probability of default stands under `[ratings]` in the model",
    },
    FieldSpec {
        field: Field::Lgd,
        name: "lgd",
        needed: Needed::Never,
        kind: Kind::Share,
        aliases: &["loss_given_default", "loss_severity"],
        about: "loss given default; the segment's where blank",
    },
    FieldSpec {
        field: Field::Stage,
        name: "stage",
        needed: Needed::Wanted,
        kind: Kind::Text,
        aliases: &["ifrs9_stage", "impairment_stage"],
        about: "impairment stage: 1, 2, 3 or poci",
    },
    FieldSpec {
        field: Field::DaysPastDue,
        name: "days_past_due",
        needed: Needed::Wanted,
        kind: Kind::Days,
        aliases: &["dpd", "days_overdue", "days_in_arrears"],
        about: "days that payments are overdue; 0 where blank",
    },
    FieldSpec {
        field: Field::Watchlist,
        name: "watchlist",
        needed: Needed::Wanted,
        kind: Kind::Flag,
        aliases: &["watch_list", "on_watchlist"],
        about: "whether the loan is watched: true or false, yes or no, y or n, 1 or 0; no where blank",
    },
    FieldSpec {
        field: Field::InterestRate,
        name: "interest_rate",
        needed: Needed::Wanted,
        kind: Kind::Rate,
        aliases: &["int_rate", "rate", "coupon", "note_rate", "effective_interest_rate", "eir"],
        about: "contractual interest a year",
    },
    FieldSpec {
        field: Field::MaturityDate,
        name: "maturity_date",
        needed: Needed::Wanted,
        kind: Kind::Date,
        aliases: &["maturity", "maturity_dt", "final_maturity", "end_date"],
        about: "day of the last payment",
    },
    FieldSpec {
        field: Field::RemainingMonths,
        name: "remaining_months",
        needed: Needed::Wanted,
        kind: Kind::Months,
        aliases: &["remaining_term", "months_to_maturity", "rem_term"],
        about: "months until the last payment, 1 to 480; serves where no maturity_date does",
    },
    FieldSpec {
        field: Field::TermMonths,
        name: "term_months",
        needed: Needed::Wanted,
        kind: Kind::Months,
        aliases: &["term", "original_term", "loan_term"],
        about: "months from origination to the last payment, 1 to 960; serves with origination_date where neither of the two does",
    },
    FieldSpec {
        field: Field::Limit,
        name: "limit",
        needed: Needed::Wanted,
        kind: Kind::Amount,
        aliases: &["credit_limit", "commitment", "committed_amount", "facility_limit"],
        about: "committed amount; ead is what is drawn of it",
    },
    FieldSpec {
        field: Field::OriginationDate,
        name: "origination_date",
        needed: Needed::Wanted,
        kind: Kind::Date,
        aliases: &["issue_date", "issue_d", "issue_month", "open_date", "orig_date"],
        about: "day of origination",
    },
    FieldSpec {
        field: Field::OriginationPd,
        name: "origination_pd",
        needed: Needed::Wanted,
        kind: Kind::Share,
        aliases: &["orig_pd", "pd_at_origination", "initial_pd"],
        about: "one-year probability of default expected at origination",
    },
    FieldSpec {
        field: Field::OriginationRating,
        name: "origination_rating",
        needed: Needed::Wanted,
        kind: Kind::Text,
        aliases: &["orig_rating", "initial_rating", "rating_at_origination"],
        about: "rating grade at origination",
    },
    FieldSpec {
        field: Field::CollateralValue,
        name: "collateral_value",
        needed: Needed::Wanted,
        kind: Kind::Amount,
        aliases: &["collateral", "property_value", "security_value"],
        about: "value of the collateral; none where blank",
    },
    FieldSpec {
        field: Field::DefaultDate,
        name: "default_date",
        needed: Needed::Wanted,
        kind: Kind::Date,
        aliases: &["date_of_default"],
        about: "day of default, not after the reporting date",
    },
    FieldSpec {
        field: Field::TriggerDate,
        name: "trigger_date",
        needed: Needed::Wanted,
        kind: Kind::Date,
        aliases: &["stage_2_since"],
        about: "day on which the credit risk was found increased, not after the reporting date",
    },
];

impl Field {
    /// How many fields there are.
    pub const COUNT: usize = 21;

    /// How many of them every run reads: the first ones.
    pub(super) const ALWAYS_READ: usize = 7;

    /// The field's row of the schema.
    pub fn spec(self) -> &'static FieldSpec {
        &SCHEMA[self as usize]
    }

    /// Its name in headers and in `[columns]`.
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// Whether every run reads it, wanted or not.
    pub fn is_always_read(self) -> bool {
        self.spec().needed != Needed::Wanted
    }

    /// The field of that name in `[columns]`, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        SCHEMA.iter().find(|spec| spec.name == name).map(|spec| spec.field)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The schema as a Markdown table: field, needed, unit, aliases, meaning.
pub fn render_schema() -> String {
    let mut text = "| field | needed | unit | also known as | meaning |\n|---|---|---|---|---|\n".to_owned();
    for spec in &SCHEMA {
        let needed = match spec.needed {
            Needed::Always => "yes".to_owned(),
            Needed::Or(other) => format!("this or {other}"),
            Needed::Never => "no".to_owned(),
            Needed::Wanted => "for ecl only".to_owned(),
        };
        let units = spec.kind.units().iter().map(|unit| unit.name()).collect::<Vec<_>>().join(", ");
        let (name, aliases, about) = (spec.name, spec.aliases.join(", "), spec.about);
        text.push_str(&format!("| {name} | {needed} | {units} | {aliases} | {about} |\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_table_is_in_the_order_of_the_fields_and_no_name_means_two_things() {
        let mut names = HashSet::new();
        for (row, spec) in SCHEMA.iter().enumerate() {
            assert_eq!(spec.field as usize, row);
            assert_eq!(spec.field.is_always_read(), row < Field::ALWAYS_READ);
            assert_eq!(Field::named(spec.name), Some(spec.field));
            for name in spec.aliases.iter().chain([&spec.name]) {
                assert!(names.insert(*name), "{name}");
            }
        }
        assert_eq!(Field::named("exposure"), None);
    }

    #[test]
    fn the_manual_of_the_format_is_this_table() {
        let manual: String = include_str!("mod.rs").lines().filter_map(|line| line.strip_prefix("//! ")).fold(
            String::new(),
            |mut text, line| {
                text.push_str(line);
                text.push('\n');
                text
            },
        );
        assert!(manual.contains(&render_schema()), "put this into mod.rs:\n{}", render_schema());
    }
}
