//! How a request is declared.

/// Declares a request: plain data that can be written to a file, a default for every field, and a method that sets it.
/// What a method takes is said before the field where it is not the type of the field: `[into]` is what converts into it,
/// `[text]` a text for an optional one, `[texts]` any texts, and `[list T]` any values of type `T`.
macro_rules! request {
    (
        $(#[doc = $doc:literal])*
        pub struct $Name:ident {
            $(
                $(#[doc = $says:literal])*
                $(#[serde($($serde:tt)*)])*
                $([$how:ident $($Item:ty)?])? $field:ident: $Type:ty $(= $default:expr)?
            ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $Name {
            $(
                $(#[serde($($serde)*)])*
                pub(crate) $field: $Type
            ),*
        }

        #[automatically_derived]
        impl Default for $Name {
            fn default() -> $Name {
                $Name { $($field: request!(@default $($default)?)),* }
            }
        }

        impl $Name {
            $(
                $(#[doc = $says])*
                #[must_use]
                pub fn $field(mut self, $field: request!(@taken $([$how $($Item)?])? $Type)) -> $Name {
                    self.$field = request!(@given $([$how])? $field);
                    self
                }
            )*
        }
    };
    (@default) => { Default::default() };
    (@default $default:expr) => { $default };
    (@taken [into] $Type:ty) => { impl Into<$Type> };
    (@taken [text] $Type:ty) => { impl Into<String> };
    (@taken [texts] $Type:ty) => { impl IntoIterator<Item = impl Into<String>> };
    (@taken [list $Item:ty] $Type:ty) => { impl IntoIterator<Item = $Item> };
    (@taken $Type:ty) => { $Type };
    (@given $field:ident) => { $field };
    (@given [into] $field:ident) => { $field.into() };
    (@given [text] $field:ident) => { Some($field.into()) };
    (@given [texts] $field:ident) => { $field.into_iter().map(Into::into).collect() };
    (@given [list] $field:ident) => { $field.into_iter().collect() };
}
