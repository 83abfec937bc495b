//! A cache for what later stages derive from a fit.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Holds one value that a later stage derives from a fit, shared by the clones of the fit. The type
/// of the value is unknown here.
#[derive(Clone, Default)]
pub(crate) struct Kept(Arc<OnceLock<Box<dyn Any + Send + Sync>>>);

impl Kept {
    /// Returns the cached value, or else computes and caches it. The cache holds one value of one
    /// type; a value of another type is computed anew at each call.
    ///
    /// The value is computed outside the lock: a thread that waits for parallel work inside it
    /// could pick up a task that needs the same lock, and block.
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
