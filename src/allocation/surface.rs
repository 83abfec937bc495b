//! The fitted surface.

use crate::error::{Error, ErrorKind, Result};
use crate::fit::FitResult;
use crate::law::Form;
use crate::numeric::Surface;
use crate::remedy::Setting;

impl Surface {
    /// The surface of a fit of `chinchilla` or `chinchilla-tied`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for another law; otherwise as for [`Surface::new`].
    pub fn of(fit: &FitResult) -> Result<Surface> {
        if fit.law().form() != Form::Surface {
            return Err(Error::new(
                ErrorKind::Usage,
                format!(
                    "allocations need the law E + A/N^alpha + B/D^beta, not '{}'",
                    fit.law().name()
                ),
            )
            .with_hint("fit the law 'chinchilla' or 'chinchilla-tied'")
            .with_remedy(Setting::Law.to("chinchilla"))
            .with_remedy(Setting::Law.to("chinchilla-tied")));
        }
        let p = fit.values();
        Surface::new(p[0], p[1], p[2], p[3], p.get(4).copied().unwrap_or(p[3]))
    }
}
