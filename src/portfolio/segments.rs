//! Segment names to numbers, in order of first appearance on the tape, under the user's rule of which names there may be.

use super::found::nearest;
use super::settings::SegmentRule;
use std::collections::HashMap;

/// The segment of loans that name none.
pub const DEFAULT_SEGMENT: &str = "default";

/// The segments met so far, with those that may come.
#[derive(Debug)]
pub(super) struct Segments {
    known: HashMap<String, Segment>,
    /// The names that the user lists, sorted: ties in likeness go to the first in the alphabet.
    listed: Vec<String>,
    names: Vec<String>,
    /// Loss given default of a segment that is not listed; None when every segment must be listed.
    unlisted: Option<Option<f64>>,
}

/// One segment.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Segment {
    /// Its number on the tape, once a loan was accepted in it.
    pub index: Option<u32>,
    /// Its loss given default, 0 to 1.
    pub lgd: Option<f64>,
}

impl Segments {
    pub(super) fn new(rule: &SegmentRule) -> Self {
        let (known, unlisted): (HashMap<_, _>, _) = match rule {
            SegmentRule::Any { lgd } => (HashMap::new(), Some(*lgd)),
            SegmentRule::Listed(listed) => {
                let segment = |lgd: &Option<f64>| Segment { index: None, lgd: *lgd };
                (listed.iter().map(|(name, lgd)| (name.trim().to_owned(), segment(lgd))).collect(), None)
            }
        };
        let mut listed: Vec<String> = known.keys().cloned().collect();
        listed.sort_unstable();
        Self { known, listed, names: Vec::new(), unlisted }
    }

    /// The segment of that name; None when it must be listed and is not.
    pub(super) fn find(&self, name: &str) -> Option<Segment> {
        self.known.get(name).copied().or_else(|| self.unlisted.map(|lgd| Segment { index: None, lgd }))
    }

    /// The number of the segment `name`, which is given one when it has none.
    pub(super) fn enter(&mut self, name: &str) -> u32 {
        if let Some(Segment { index: Some(index), .. }) = self.known.get(name) {
            return *index;
        }
        let index = self.names.len() as u32; // a segment has a loan, and loans are fewer than u32::MAX
        let lgd = self.unlisted.flatten();
        self.known.entry(name.to_owned()).or_insert(Segment { index: None, lgd }).index = Some(index);
        self.names.push(name.to_owned());
        index
    }

    /// The name of a numbered segment.
    pub(super) fn name(&self, index: u32) -> &str {
        self.names.get(index as usize).map_or(DEFAULT_SEGMENT, String::as_str)
    }

    /// The known segment most like `name`, if any is like it.
    pub(super) fn find_nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.listed.iter().map(String::as_str))
    }

    /// True when loans without a segment have a place.
    pub(super) fn serve_default(&self) -> bool {
        self.find(DEFAULT_SEGMENT).is_some()
    }

    /// True when some segment that may come has a loss given default.
    pub(super) fn have_lgd(&self) -> bool {
        self.unlisted.flatten().is_some() || self.known.values().any(|segment| segment.lgd.is_some())
    }

    /// Names that `rule` lists and no loan bears, in its order; `default` only serves loans without a segment, if any come.
    pub(super) fn unused<'r>(&self, rule: &'r SegmentRule) -> Vec<&'r str> {
        let listed = match rule {
            SegmentRule::Any { .. } => &[],
            SegmentRule::Listed(listed) => listed.as_slice(),
        };
        let is_unused = |name: &&str| {
            *name != DEFAULT_SEGMENT && self.known.get(*name).is_none_or(|segment| segment.index.is_none())
        };
        listed.iter().map(|(name, _)| name.trim()).filter(is_unused).collect()
    }

    /// Names in order of first appearance.
    pub(super) fn finish(self) -> Vec<String> {
        self.names
    }
}

/// What should stand where an unlisted `name` stands.
pub(super) fn wanted(name: &str) -> String {
    let entry = if name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
        format!("[segments.{name}]")
    } else {
        format!("[segments.\"{}\"]", name.escape_default())
    };
    format!("a segment of the model, or {entry} in the model")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_segment_is_numbered_as_it_comes() {
        let mut segments = Segments::new(&SegmentRule::Any { lgd: Some(0.4) });
        assert_eq!(segments.find("b"), Some(Segment { index: None, lgd: Some(0.4) }));
        assert_eq!([segments.enter("b"), segments.enter("a"), segments.enter("b")], [0, 1, 0]);
        assert_eq!(segments.find("b"), Some(Segment { index: Some(0), lgd: Some(0.4) }));
        assert!(segments.serve_default() && segments.have_lgd());
        assert_eq!(segments.name(1), "a");
        assert_eq!(segments.finish(), ["b", "a"]);
    }

    #[test]
    fn listed_segments_exclude_others() {
        let rule = SegmentRule::Listed(vec![("north".into(), Some(0.2)), ("south".into(), None)]);
        let mut segments = Segments::new(&rule);
        assert_eq!(segments.find("nroth"), None);
        assert_eq!(segments.find_nearest("nroth"), Some("north"));
        assert!(wanted("nroth").contains("[segments.nroth]") && wanted("a/b").contains("[segments.\"a/b\"]"));
        assert!(!segments.serve_default());
        assert_eq!(segments.unused(&rule), ["north", "south"]);
        assert_eq!(segments.enter("south"), 0);
        assert_eq!(segments.unused(&rule), ["north"]);
        assert_eq!(segments.find("south"), Some(Segment { index: Some(0), lgd: None }));
        assert_eq!(segments.finish(), ["south"]);
        assert!(!Segments::new(&SegmentRule::Listed(vec![("x".into(), None)])).have_lgd());
    }
}
