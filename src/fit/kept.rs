//! A place for what later stages derive from a fit.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Something that a later stage derives from a fit once, for whoever asks again; clones of the fit share it. The fit
/// itself knows nothing of it.
#[derive(Clone, Default)]
pub(crate) struct Kept(Arc<OnceLock<Box<dyn Any + Send + Sync>>>);

impl Kept {
    /// What is kept, or else what `make` gives, which is kept from then on. There is room for one thing of one type: of
    /// another type, it is made again each time.
    ///
    /// It is made before the lock is taken: a core that waits for the others must not meet the lock again.
    pub(crate) fn get_or_make<T>(&self, make: impl Fn() -> T) -> Cow<'_, T>
    where
        T: Any + Clone + Send + Sync,
    {
        let kept = match self.0.get() {
            Some(kept) => kept,
            None => {
                let made = make();
                self.0.get_or_init(|| Box::new(made))
            }
        };
        match kept.downcast_ref() {
            Some(kept) => Cow::Borrowed(kept),
            None => Cow::Owned(make()),
        }
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let made = self.0.get().is_some();
        f.debug_tuple("Kept").field(&made).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn it_is_made_once_for_all_clones() {
        let (kept, made) = (Kept::default(), Cell::new(0));
        let make = || {
            made.set(made.get() + 1);
            "made".to_owned()
        };
        let clone = kept.clone();
        assert_eq!(*kept.get_or_make(make), "made");
        assert!(matches!(clone.get_or_make(make), Cow::Borrowed(_)));
        assert_eq!(made.get(), 1);
        assert_eq!(*clone.get_or_make(|| 7), 7);
        assert!(matches!(kept.get_or_make(make), Cow::Borrowed(_)));
    }
}
