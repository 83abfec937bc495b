//! Recipes as JSON documents with a digest, so that changed ones are rejected.

use super::joint::LawParameters;
use super::laws::CurveLaw;
use super::recipe::{Recipe, RecipeRunSeen};
use crate::digest::sha256;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Diagnosis;
use crate::runs::LogAxis;
use serde::{Deserialize, Serialize};

const FORMAT: &str = "scalewise.curve-recipe";
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Document {
    format: String,
    version: u32,
    body: Body,
    digest: String,
    made_by: String,
}

#[derive(Serialize, Deserialize)]
struct Body {
    peak: Option<f64>,
    laws: Vec<LawEntry>,
    fallen: f64,
    missed: f64,
    deviations: (f64, f64),
    runs: Vec<RecipeRunSeen>,
    #[serde(default, skip_serializing_if = "is_steps")]
    axis: LogAxis,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Diagnosis>,
}

fn is_steps(axis: &LogAxis) -> bool {
    *axis == LogAxis::Step
}

#[derive(Serialize, Deserialize)]
struct LawEntry {
    law: CurveLaw,
    formula: String,
    parameters: LawParameters,
}

impl Body {
    fn digest(&self) -> Result<String> {
        let text = serde_json::to_string(self);
        let text = text.map_err(|e| Error::new(ErrorKind::Io, e.to_string()))?;
        Ok(sha256([text.as_bytes()]))
    }
}

impl Recipe {
    fn body(&self) -> Body {
        let entry = |(law, parameters): &(CurveLaw, LawParameters)| LawEntry {
            law: *law,
            formula: law.formula().to_owned(),
            parameters: *parameters,
        };
        Body {
            peak: self.peak,
            laws: self.laws.iter().map(entry).collect(),
            fallen: self.fallen,
            missed: self.missed,
            deviations: self.deviations,
            runs: self.runs.clone(),
            axis: self.axis,
            findings: self.findings.clone(),
        }
    }

    /// The digest of the recipe.
    ///
    /// # Errors
    /// As for [`Recipe::to_json`].
    pub(crate) fn digest(&self) -> Result<String> {
        self.body().digest()
    }

    /// The recipe as a JSON document with a digest.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if it cannot be written as JSON; a fitted recipe always can.
    pub fn to_json(&self) -> Result<String> {
        let body = self.body();
        let document = Document {
            format: FORMAT.to_owned(),
            version: VERSION,
            digest: body.digest()?,
            body,
            made_by: format!("scalewise {}", env!("CARGO_PKG_VERSION")),
        };
        let text = serde_json::to_string_pretty(&document);
        text.map(|text| text + "\n")
            .map_err(|e| Error::new(ErrorKind::Io, e.to_string()))
    }

    /// Reads what [`Recipe::to_json`] wrote; `source` names the file in errors.
    ///
    /// # Errors
    /// [`ErrorKind::Data`] if the text is not such a document, has a later version, or was changed
    /// by hand.
    pub fn from_json(text: &str, source: &str) -> Result<Recipe> {
        let bad = |what: String| {
            Error::new(ErrorKind::Data, what)
                .at(source, None, None)
                .with_hint("fit the complete runs of the recipe again")
        };
        let read: serde_json::Result<Document> = serde_json::from_str(text);
        let document = read.map_err(|e| bad(format!("this is no recipe of loss curves: {e}")))?;
        if document.format != FORMAT {
            return Err(bad("this is no recipe of loss curves".to_owned()));
        }
        if document.version > VERSION {
            let message = format!(
                "the recipe has version {}, and this program reads versions up to {VERSION}",
                document.version
            );
            return Err(bad(message));
        }
        let body = document.body;
        if body.digest()? != document.digest {
            return Err(bad(
                "the recipe does not match its digest: the file was changed by hand".to_owned(),
            ));
        }
        let laws = body.laws.into_iter().map(|e| (e.law, e.parameters));
        let recipe = Recipe {
            peak: body.peak,
            laws: laws.collect(),
            fallen: body.fallen,
            missed: body.missed,
            deviations: body.deviations,
            runs: body.runs,
            axis: body.axis,
            findings: body.findings,
        };
        match recipe.is_possible() {
            true => Ok(recipe),
            false => Err(bad("the recipe has impossible parameters".to_owned())),
        }
    }
}
