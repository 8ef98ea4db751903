//! The kinds of loans that made-up portfolios consist of. The figures are invented; only their order of magnitude is realistic.

/// One kind of loan.
#[derive(Debug)]
pub(super) struct Product {
    /// Name of its segment.
    pub name: &'static str,
    /// Weight in the number of loans.
    pub share: f64,
    /// Median one-year probability of default.
    pub median_pd: f64,
    /// Standard deviation of its logarithm.
    pub sigma_pd: f64,
    /// Median exposure at default, currency.
    pub median_ead: f64,
    /// Standard deviation of its logarithm.
    pub sigma_ead: f64,
    /// Mean loss given default.
    pub lgd: f64,
    /// Half the width of the range of loss given default.
    pub lgd_spread: f64,
    /// Share of latent variance that is systematic, within the ranges of Basel's functions (CRE31).
    pub asset_correlation: f64,
}

/// Every kind of loan.
pub(super) const PRODUCTS: [Product; 10] = [
    Product {
        name: "mortgages",
        share: 20.0,
        median_pd: 0.006,
        sigma_pd: 0.9,
        median_ead: 145_000.0,
        sigma_ead: 0.6,
        lgd: 0.22,
        lgd_spread: 0.12,
        asset_correlation: 0.15,
    },
    Product {
        name: "cards",
        share: 30.0,
        median_pd: 0.021,
        sigma_pd: 1.0,
        median_ead: 2_400.0,
        sigma_ead: 0.9,
        lgd: 0.78,
        lgd_spread: 0.12,
        asset_correlation: 0.04,
    },
    Product {
        name: "auto",
        share: 15.0,
        median_pd: 0.014,
        sigma_pd: 0.9,
        median_ead: 14_500.0,
        sigma_ead: 0.5,
        lgd: 0.42,
        lgd_spread: 0.15,
        asset_correlation: 0.09,
    },
    Product {
        name: "consumer",
        share: 20.0,
        median_pd: 0.032,
        sigma_pd: 0.8,
        median_ead: 7_200.0,
        sigma_ead: 0.8,
        lgd: 0.62,
        lgd_spread: 0.18,
        asset_correlation: 0.06,
    },
    Product {
        name: "sme_north",
        share: 4.0,
        median_pd: 0.024,
        sigma_pd: 0.9,
        median_ead: 84_000.0,
        sigma_ead: 1.2,
        lgd: 0.45,
        lgd_spread: 0.20,
        asset_correlation: 0.12,
    },
    Product {
        name: "sme_south",
        share: 4.0,
        median_pd: 0.031,
        sigma_pd: 0.9,
        median_ead: 61_000.0,
        sigma_ead: 1.2,
        lgd: 0.48,
        lgd_spread: 0.20,
        asset_correlation: 0.13,
    },
    Product {
        name: "students",
        share: 4.0,
        median_pd: 0.028,
        sigma_pd: 0.7,
        median_ead: 11_800.0,
        sigma_ead: 0.7,
        lgd: 0.55,
        lgd_spread: 0.15,
        asset_correlation: 0.07,
    },
    Product {
        name: "leasing",
        share: 2.0,
        median_pd: 0.018,
        sigma_pd: 0.8,
        median_ead: 32_000.0,
        sigma_ead: 1.0,
        lgd: 0.35,
        lgd_spread: 0.15,
        asset_correlation: 0.10,
    },
    Product {
        name: "real_estate",
        share: 0.7,
        median_pd: 0.012,
        sigma_pd: 1.0,
        median_ead: 1_150_000.0,
        sigma_ead: 1.3,
        lgd: 0.33,
        lgd_spread: 0.18,
        asset_correlation: 0.20,
    },
    Product {
        name: "corporates",
        share: 0.3,
        median_pd: 0.008,
        sigma_pd: 1.2,
        median_ead: 2_700_000.0,
        sigma_ead: 1.6,
        lgd: 0.40,
        lgd_spread: 0.20,
        asset_correlation: 0.21,
    },
];
