//! Turns the list of built-in laws into one public type.

/// Makes the type [`BuiltIn`](super::BuiltIn) from a list of laws, each with the file that defines
/// it.
macro_rules! built_in_laws {
    ($(#[$about:meta])* pub enum BuiltIn; $($(#[$doc:meta])* $name:ident in $file:ident,)*) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum BuiltIn {
            $($(#[$doc])* $name,)*
        }

        static ALL: [BuiltIn; [$(BuiltIn::$name),*].len()] = [$(BuiltIn::$name),*];

        // Every method matches the variant, so the inner loops of a fit call the law directly
        // instead of through a second table of methods.
        #[automatically_derived]
        impl Law for BuiltIn {
            fn name(&self) -> &str {
                match self { $(BuiltIn::$name => $file::$name.name(),)* }
            }

            fn formula(&self) -> &str {
                match self { $(BuiltIn::$name => $file::$name.formula(),)* }
            }

            fn inputs(&self) -> &[Input] {
                match self { $(BuiltIn::$name => $file::$name.inputs(),)* }
            }

            fn parameters(&self) -> &[Parameter] {
                match self { $(BuiltIn::$name => $file::$name.parameters(),)* }
            }

            fn predict(&self, x: &[f64], p: &[f64]) -> f64 {
                match self { $(BuiltIn::$name => $file::$name.predict(x, p),)* }
            }

            fn gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) {
                match self { $(BuiltIn::$name => $file::$name.gradient(x, p, out),)* }
            }

            fn predict_with_gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) -> f64 {
                match self { $(BuiltIn::$name => $file::$name.predict_with_gradient(x, p, out),)* }
            }

            fn predict_rows(&self, p: &[f64], rows: &mut Rows<'_>) {
                match self { $(BuiltIn::$name => $file::$name.predict_rows(p, rows),)* }
            }

            fn python(&self) -> Option<&str> {
                match self { $(BuiltIn::$name => $file::$name.python(),)* }
            }

            fn latex(&self) -> Option<&str> {
                match self { $(BuiltIn::$name => $file::$name.latex(),)* }
            }

            fn form(&self) -> Form {
                match self { $(BuiltIn::$name => $file::$name.form(),)* }
            }

            fn starts(&self, x: &[&[f64]], y: &[f64]) -> Vec<Vec<f64>> {
                match self { $(BuiltIn::$name => $file::$name.starts(x, y),)* }
            }

            fn more_starts(&self, x: &[&[f64]], y: &[f64]) -> Vec<Vec<f64>> {
                match self { $(BuiltIn::$name => $file::$name.more_starts(x, y),)* }
            }

            fn change_units(&self, p: &[f64], x_unit: &[f64], y_unit: f64) -> Option<Vec<f64>> {
                match self { $(BuiltIn::$name => $file::$name.change_units(p, x_unit, y_unit),)* }
            }
        }
    };
}
