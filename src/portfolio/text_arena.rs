//! Many short texts in two allocations: what an identity of each loan can be kept in.

/// Texts in order, end to end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextArena {
    text: String,
    /// Where each text ends, in bytes.
    ends: Vec<usize>,
}

impl TextArena {
    /// Adds `text` as the last one.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    /// Adds the texts of `later` behind these.
    pub fn append(&mut self, later: &Self) {
        let before = self.text.len();
        self.text.push_str(&later.text);
        self.ends.extend(later.ends.iter().map(|end| before + end));
    }

    /// Number of texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Text number `index`, from 0; None beyond the last.
    pub fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        self.text.get(start..end)
    }
}

impl<'t> FromIterator<&'t str> for TextArena {
    fn from_iter<I: IntoIterator<Item = &'t str>>(texts: I) -> Self {
        let mut arena = Self::default();
        texts.into_iter().for_each(|text| arena.push(text));
        arena
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_as_they_were() {
        let texts = ["a", "", "büro", "", "x y"];
        let mut arena: TextArena = texts[..2].iter().copied().collect();
        assert!(TextArena::default().is_empty() && TextArena::default().get(0).is_none());
        arena.append(&texts[2..].iter().copied().collect());
        assert_eq!(arena.len(), 5);
        assert!(texts.iter().enumerate().all(|(index, text)| arena.get(index) == Some(*text)));
        assert_eq!(arena.get(5), None);
    }
}
