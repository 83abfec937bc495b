//! A macro for the serialization of answers.

/// Serializes a type as another value made from it, such as a struct with the keys of a file
/// format.
macro_rules! serialized {
    ($Type:ty, |$value:ident| $written:expr) => {
        #[automatically_derived]
        impl serde::Serialize for $Type {
            fn serialize<S: serde::Serializer>(
                &self,
                serializer: S,
            ) -> std::result::Result<S::Ok, S::Error> {
                let $value = self;
                serde::Serialize::serialize(&$written, serializer)
            }
        }
    };
}
