//! Structs with read-only fields.

/// Declares a struct with private fields. A field after `[&T]` gets a method of its name that
/// returns it as a `&T`, and a field after `[copy]` a method that returns a copy.
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
