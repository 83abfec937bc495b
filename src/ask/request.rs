//! How a request is declared.

/// Declares a request: plain data that can be written to a file, with a default and a setter for
/// every field. After `of` come the types of the data and of the answer. A marker before a field
/// says what its setter takes, if not the field's own type: `[into]` anything that converts into
/// it, `[text]` a text for an optional one, `[texts]` any texts, and `[list T]` any values of type
/// `T`.
macro_rules! request {
    (
        $(#[doc = $doc:literal])*
        pub struct $Name:ident $(of $Data:ty, $Answer:ty)? {
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
            $(request!(@answers $Data, $Answer);)?
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
    (@answers $Data:ty, $Answer:ty) => {
        /// Answers the request.
        ///
        /// # Errors
        /// When the request is invalid, or the data give no fit at all. A fit that a finding
        /// refuses is an answer, not an error.
        pub fn of(&self, data: &$Data) -> crate::Result<$Answer> {
            crate::ask::Ask::watched(self, data, &crate::progress::Silent)
        }

        /// Reads a table and answers the request.
        ///
        /// # Errors
        /// When the request is invalid, the table cannot be read, or its rows give no fit at all.
        #[cfg(feature = "tables")]
        pub fn answer(&self, table: &crate::tables::Source<'_>) -> crate::Result<$Answer> {
            self.of(&crate::ask::AskTable::read(self, table)?)
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
