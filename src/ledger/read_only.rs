//! Structs whose fields are read and not set.

/// Declares a struct of private fields. A field after `[&T]` has a method of its name that lends
/// it as a `&T`, and one after `[copy]` a method that copies it.
macro_rules! read_only {
    (
        $(#[$on:meta])*
        pub struct $Name:ident {
            $(
                $(#[doc = $says:literal])*
                $(#[serde($($serde:tt)*)])*
                $([$($how:tt)*])? $field:ident: $Type:ty
            ),* $(,)?
        }
    ) => {
        $(#[$on])*
        pub struct $Name {
            $(
                $(#[doc = $says])*
                $(#[serde($($serde)*)])*
                pub(crate) $field: $Type
            ),*
        }

        impl $Name {
            $( read_only!(@method [$($($how)*)?] $field $Type [$($says)*]); )*
        }
    };
    (@method [] $field:ident $Type:ty [$($says:literal)*]) => {};
    (@method [& $Lent:ty] $field:ident $Type:ty [$($says:literal)*]) => {
        $(#[doc = $says])*
        #[must_use]
        pub fn $field(&self) -> &$Lent {
            &self.$field
        }
    };
    (@method [copy] $field:ident $Type:ty [$($says:literal)*]) => {
        $(#[doc = $says])*
        #[must_use]
        pub fn $field(&self) -> $Type {
            self.$field
        }
    };
}
