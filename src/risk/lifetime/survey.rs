//! The survey: one pass over a tape that finds each loan's expected credit loss, term structure and profile.

use super::classes::Classes;
use super::layout::LayOut;
use super::profile::{Bands, How, Life, MOST_PROFILES, MOST_WORDS, Means, Profile, ProfileKey};
use crate::error::{Error, Result};
use crate::model::exposure::ExposureSettings;
use crate::model::severity::LgdLaw;
use crate::model::term::TermKey;
use crate::portfolio::Tape;
use crate::risk::ecl::{Depth, EclSetup, EclTotals, Fault, Loan, LoanEcl, Scratch, YEARS, in_chunks, refuse};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

/// Times that bands are doubled at most: then all loans are in one.
const MOST_DOUBLINGS: usize = 14;

/// From here on all LGDs below 1 are in one band, hundredths.
const WIDEST_LGD: f64 = 100.0;

/// What is found of a tape, loan by loan.
#[derive(Debug)]
pub struct Survey {
    /// Expected credit loss, currency.
    pub ecl: Vec<f64>,
    /// Number of its profile; 0 for loans in default.
    pub profile: Vec<u16>,
    /// Its term structure; certain default within the first month for loans in default.
    pub terms: Vec<TermKey>,
    /// Profiles; the first is that of loans in default.
    pub profiles: Vec<Profile>,
    /// The number of the settings of each; None for that of loans in default.
    pub settings: Vec<Option<u16>>,
    /// Loans added up.
    pub totals: EclTotals,
    /// Widths of bands: as asked for, or doubled until the profiles fit.
    pub bands: Bands,
}

/// Surveys `tape` under `setup`; bands are doubled until there are few enough profiles, and LGDs for one of `parts` equal parts of
/// a table.
///
/// # Errors
/// Those of [`measure`](crate::risk::ecl::measure), that of `how.go_on`; [`Error::Setting`] when there are too many profiles
/// in the widest of bands, [`Error::Tape`] when there are too many LGDs.
pub fn survey(tape: &Tape, setup: &EclSetup, how: &LayOut<'_>, parts: usize) -> Result<Survey> {
    let settings = number_settings(&setup.exposure);
    let company = Company::new(tape.obligor.as_deref());
    let mut bands = how.bands;
    for _ in 0..2 * MOST_DOUBLINGS {
        let Some(survey) = try_survey((tape, setup), (&settings, &company), bands, how.go_on)? else {
            bands = bands.doubled();
            continue;
        };
        let lgds = Lgds::count(&survey.profiles);
        if lgds.classes.fit_in(parts) {
            return Ok(survey);
        }
        if bands.lgd >= WIDEST_LGD {
            return Err(lgds.refuse((tape, &settings), &survey));
        }
        bands = bands.with_fewer_lgds();
    }
    Err(Error::setting(
        "time.period",
        format!("\"{}\", in which loans repay in more ways than there is room for", setup.grid.name()),
        format!(
            "longer periods, or fewer segments with exposure settings of their own: at most {MOST_PROFILES} profiles \
             (settings, months to maturity and horizon), and {MOST_WORDS} of them times periods"
        ),
    ))
}

/// One pass; None when there are too many profiles.
fn try_survey(
    (tape, setup): (&Tape, &EclSetup),
    settings: (&[u16], &Company<'_>),
    bands: Bands,
    go_on: &(dyn Fn() -> Result<()> + Sync),
) -> Result<Option<Survey>> {
    let n = tape.ead.len();
    let mut survey = Survey {
        ecl: Vec::with_capacity(n),
        profile: Vec::with_capacity(n),
        terms: Vec::with_capacity(n),
        profiles: vec![],
        settings: vec![],
        totals: EclTotals::new(tape.segments.len()),
        bands,
    };
    let mut numbers: HashMap<ProfileKey, u32> = HashMap::from([(ProfileKey::CERTAIN, 0)]);
    let mut keys = vec![(ProfileKey::CERTAIN, Means::default())];
    let work = |loans: Range<usize>| survey_chunk((tape, setup), settings, bands, loans);
    in_chunks(tape, work, |_, part: Part| {
        let global: Vec<u16> = part
            .met
            .iter()
            .map(|(key, means)| {
                let number = *numbers.entry(*key).or_insert_with(|| {
                    keys.push((*key, Means::default()));
                    keys.len() as u32 - 1
                });
                let sum = &mut keys[number as usize].1;
                *sum = sum.join(*means);
                number as u16 // too many are found out below
            })
            .collect();
        survey.profile.extend(part.local.iter().map(|&local| global.get(local as usize).copied().unwrap_or(0)));
        survey.ecl.extend(part.loans.iter().map(|loan| loan.ecl));
        survey.terms.extend(part.terms);
        part.loans.iter().for_each(|loan| survey.totals.add(loan));
        survey.totals.add_years(&part.years);
        go_on()
    })?;
    let words: usize = keys.iter().map(|(key, _)| usize::from(key.periods(setup.grid))).max().unwrap_or(1) * keys.len();
    if keys.len() > MOST_PROFILES || words > MOST_WORDS {
        return Ok(None);
    }
    let mut lgds: HashMap<(u16, u8), Means> = HashMap::new();
    for (key, means) in &keys {
        if let Some(band) = key.lgd_band() {
            let sum = lgds.entry(band).or_default();
            *sum = sum.join(*means);
        }
    }
    let profile = |(key, means): &(ProfileKey, Means)| match key.settings(&setup.exposure, settings.0) {
        Some(settings) => {
            let lgd = key.lgd_band().and_then(|band| lgds.get(&band));
            let means = lgd.map_or(*means, |lgd| means.with_lgd_of(lgd));
            Profile::new(key, &means, settings, How { setup, bands })
        }
        None => Profile::certain(),
    };
    survey.profiles = keys.iter().map(profile).collect();
    survey.settings = keys.iter().map(|(key, _)| key.numbered()).collect();
    Ok(Some(survey))
}

/// The LGDs of profiles that are random or move.
struct Lgds {
    classes: Classes,
    /// Classes of each profile.
    of_profiles: Vec<BTreeSet<u16>>,
}

impl Lgds {
    fn count(profiles: &[Profile]) -> Self {
        let mut classes = Classes::default();
        // As in a plan, which has one more for what is lost whole.
        classes.number(LgdLaw::WHOLE);
        let mut number = |profile: &Profile| -> BTreeSet<u16> {
            profile.laws.iter().flatten().map(|&law| classes.number(law)).collect()
        };
        let of_profiles = profiles.iter().map(&mut number).collect();
        Self { classes, of_profiles }
    }

    /// The error that there are too many, with the segment that has most of them.
    fn refuse(&self, (tape, settings): (&Tape, &[u16]), survey: &Survey) -> Error {
        let mut by_settings: BTreeMap<u16, BTreeSet<u16>> = BTreeMap::new();
        for (number, classes) in survey.settings.iter().zip(&self.of_profiles) {
            if let Some(number) = number {
                by_settings.entry(*number).or_default().extend(classes);
            }
        }
        let most = by_settings.iter().max_by_key(|(_, classes)| classes.len());
        let segment = most.and_then(|(number, _)| settings.iter().position(|own| own == number));
        let name = segment.and_then(|segment| tape.segments.get(segment)).map_or("", String::as_str);
        let path = tape.inputs.first().map(|input| input.path.clone()).unwrap_or_default();
        let (found, wanted) = self.classes.too_many();
        Error::Tape {
            path,
            found: format!("{found}, {} of them in segment '{name}'", most.map_or(0, |(_, classes)| classes.len())),
            remedy: format!("{wanted} (fewer values in segments.{name}.lgd_by_period, say)"),
        }
    }
}

/// Loans of a chunk; their profiles are numbered within it.
struct Part {
    loans: Vec<LoanEcl>,
    terms: Vec<TermKey>,
    local: Vec<u32>,
    met: Vec<(ProfileKey, Means)>,
    years: [f64; YEARS],
}

fn survey_chunk(
    (tape, setup): (&Tape, &EclSetup),
    (settings, company): (&[u16], &Company<'_>),
    bands: Bands,
    loans: Range<usize>,
) -> Result<Part> {
    let mut scratch = Scratch::new();
    let mut part = Part { loans: vec![], terms: vec![], local: vec![], met: vec![], years: [0.0; YEARS] };
    let mut numbers: HashMap<ProfileKey, u32> = HashMap::new();
    for number in loans {
        let loan = Loan { tape, setup, number };
        let mut one = || -> std::result::Result<(ProfileKey, TermKey), Fault> {
            let found = loan.measure(Depth::Totals, &mut scratch)?;
            part.loans.push(found);
            if found.is_lost_at_once() {
                return Ok((ProfileKey::CERTAIN, TermKey::flat(1.0)));
            }
            let (terms, term) = loan.terms()?;
            let number = settings.get(found.segment as usize).copied().unwrap_or_default();
            let own = loan.settings(found.segment)?;
            let life = Life { horizon: found.staged.horizon, is_alone: company.is_alone(loan.number) };
            let key = ProfileKey::new((number, own), &terms, life, How { setup, bands });
            let local = *numbers.entry(key).or_insert_with(|| {
                part.met.push((key, Means::default()));
                part.met.len() as u32 - 1
            });
            part.met[local as usize].1.add(&terms, found.ecl);
            Ok((key, term))
        };
        let (key, term) = one().map_err(|fault| refuse(tape, number, fault))?;
        let certain = || {
            part.met.push((ProfileKey::CERTAIN, Means::default()));
            part.met.len() as u32 - 1
        };
        part.local.push(*numbers.entry(key).or_insert_with(certain));
        part.terms.push(term);
    }
    part.years = scratch.years;
    Ok(part)
}

/// Which loans have obligors of their own.
struct Company<'a> {
    obligor: Option<&'a [u32]>,
    /// Loans of each obligor, up to 2.
    loans: Vec<u8>,
}

impl<'a> Company<'a> {
    fn new(obligor: Option<&'a [u32]>) -> Self {
        let mut loans = Vec::new();
        for &owner in obligor.unwrap_or_default() {
            let place = owner as usize;
            if place >= loans.len() {
                loans.resize(place + 1, 0);
            }
            loans[place] = 2.min(loans[place] + 1);
        }
        Self { obligor, loans }
    }

    fn is_alone(&self, loan: usize) -> bool {
        self.obligor.is_none_or(|obligor| self.loans[obligor[loan] as usize] < 2)
    }
}

/// For each segment, the number of its settings among those that differ.
fn number_settings(exposure: &[ExposureSettings]) -> Vec<u16> {
    let mut different: Vec<&ExposureSettings> = Vec::new();
    let number = |settings| {
        let place = different.iter().position(|other| *other == settings).unwrap_or(different.len());
        if place == different.len() {
            different.push(settings);
        }
        place as u16
    };
    exposure.iter().map(number).collect()
}
