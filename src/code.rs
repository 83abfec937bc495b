//! The codes of findings, by which programs tell them apart.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! codes {
    ($(#[$about:meta])* pub enum Code; $($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
            /// A finding of a later version, read from a file.
            #[serde(other, rename = "unknown")]
            Unknown,
        }

        impl Code {
            /// The code as files and outputs write it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Code::$name => $text,)*
                    Code::Unknown => "unknown",
                }
            }
        }

        #[automatically_derived]
        impl fmt::Display for Code {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

codes!(
    /// What was found, by a code that is never renamed; [`Code::as_str`] is how files write it.
    pub enum Code;

    /// Rows are several steps of several runs.
    SeveralSteps = "several-steps",
    /// Rows of several tasks would make one curve.
    TasksPooled = "tasks-pooled",
    /// Runs of several recipes make one curve.
    RecipesPooled = "recipes-pooled",
    /// Rows were lost that are the largest runs, or many.
    RunsLost = "runs-lost",
    /// Runs of one size differ in a hyperparameter.
    SweepPooled = "sweep-pooled",
    /// Runs ended early, or are not marked as finished.
    EndedEarly = "ended-early",
    /// The learning rate still decays after the last row of a training run.
    DecayAhead = "decay-ahead",
    /// Nothing says what the rows are points of.
    CurveUnknown = "curve-unknown",
    /// A task of a suite is others together, by its name and its scores.
    GroupOfTasks = "group-of-tasks",
    /// Models have several scores of one task.
    SeveralScores = "several-scores",
    /// The same run is listed twice.
    DuplicateRuns = "duplicate-runs",
    /// One column holds numbers in different units.
    MixedUnits = "mixed-units",
    /// Runs of one compute differ by more than their noise.
    ScatterAtOneCompute = "scatter-at-one-compute",
    /// The noise of replicates differs from place to place.
    UnequalNoise = "unequal-noise",
    /// One run lies far off the curve of the others.
    RunFarOff = "run-far-off",
    /// The data do not tell c from 0.
    FloorNotIdentified = "floor-not-identified",
    /// n − p < 3: the noise cannot be estimated.
    TooFewRuns = "too-few-runs",
    /// Leaving one run out moves the forecast further than the noise explains.
    OneRunDecides = "one-run-decides",
    /// Neighbouring residuals resemble each other: the form does not fit.
    StructuredResiduals = "structured-residuals",
    /// ln N and ln D of the runs are collinear: their terms cannot be told apart.
    CollinearND = "collinear-n-d",
    /// The data do not tell a term of the surface from none.
    TermNotIdentified = "term-not-identified",
    /// An exponent has a standard error of its own size.
    ExponentFlat = "exponent-flat",
    /// The threshold of Huber's loss was taken from the residuals.
    DeltaFromData = "delta-from-data",
    /// The exponent lies on a bound.
    ExponentAtBound = "exponent-at-bound",
    /// The compute column of the runs and 6ND disagree.
    ComputeNot6nd = "compute-not-6nd",
    /// A fitted cost has C/(N·D) below 6.
    CostBelow6nd = "cost-below-6nd",
    /// A fitted cost misses the compute of the runs by more than noise.
    CostCurved = "cost-curved",
    /// A fitted cost is used for sizes that are far from those it was fitted to.
    CostExtrapolated = "cost-extrapolated",
    /// A formula of the cost and the compute of the runs disagree.
    FormulaNotCompute = "formula-not-compute",
    /// The budgets and the compute column of the runs disagree.
    BudgetNotCompute = "budget-not-compute",
    /// There is a budget column that cannot be used.
    BudgetNotUsed = "budget-not-used",
    /// Different values of a budget column are taken for one budget.
    BudgetsMerged = "budgets-merged",
    /// Runs are not grouped by the first column that could tell their budgets.
    GroupedOtherwise = "grouped-otherwise",
    /// Budgets have no minimum that could be used.
    MinimaNotUsed = "minima-not-used",
    /// With the noise of the runs, parabolas often have no minimum between their sizes.
    MinimaUncertain = "minima-uncertain",
    /// Minima lie far from the middle of their sizes.
    MinimaOffCentre = "minima-off-centre",
    /// Parabolas miss the minimum of the fitted surface by as much as the interval says.
    ParabolaBiased = "parabola-biased",
    /// Leaving out one budget moves the optimum beyond its interval.
    OneBudgetDecides = "one-budget-decides",
    /// Units look mixed up.
    UnitsSuspect = "units-suspect",
    /// The loss rises again where a law would fall.
    NonMonotone = "non-monotone",
    /// The loss drops faster and faster.
    Break = "break",
    /// The loss stopped falling more abruptly than the law does.
    Plateau = "plateau",
    /// The smallest runs lie on a plateau before the power law.
    ConcaveOnset = "concave-onset",
    /// The loss does not fall with compute, or a score does.
    InverseScaling = "inverse-scaling",
    /// The law of a recipe stays above the loss that another one has.
    NeverReached = "never-reached",
    /// A second basin explains the data about as well.
    SecondBasin = "second-basin",
    /// Other laws have the same value of a robust objective.
    MinimumNotUnique = "minimum-not-unique",
    /// Residuals are larger than the given σ allows.
    SigmaTooSmall = "sigma-too-small",
    /// No minimum was reached.
    NotConverged = "not-converged",
    /// Rounding decides the parameters.
    IllConditioned = "ill-conditioned",
    /// A parameter lies on a bound that the user gave.
    AtBound = "at-bound",
    /// The envelope's linear programs have no solution: no mixture of power laws passes through the
    /// runs.
    EnvelopeInfeasible = "envelope-infeasible",
    /// The envelope has no limit at the target.
    EnvelopeUnbounded = "envelope-unbounded",
    /// The curve is a quantile of the runs, and not their middle.
    QuantileFit = "quantile-fit",
    /// A floor that was held, or known, lies above some runs.
    FloorAboveRuns = "floor-above-runs",
    /// What is held or known of the law is nothing that a method without a law can use.
    KnowledgeOfLaw = "knowledge-of-law",
    /// The runs contradict what was known beforehand.
    PriorConflict = "prior-conflict",
    /// Nobody gave the noise of the runs, and they do not show it.
    NoiseAssumed = "noise-assumed",
    /// A method takes logarithms of losses, and some are not positive.
    NeedsPositiveLosses = "needs-positive-losses",
    /// The target lies far below the smallest run.
    TargetBelowRuns = "target-below-runs",
    /// The target lies farther beyond the largest run than any forecast that was checked.
    TargetFarBeyond = "target-far-beyond",
    /// The best ratio of tokens to parameters is one that no run had.
    RatioOutsideRuns = "ratio-outside-runs",
    /// Unique tokens would be seen more often than in any run.
    EpochsOutsideRuns = "epochs-outside-runs",
    /// The envelope's noise bands had to be widened before a mixture of power laws passed through.
    EnvelopeWidened = "envelope-widened",
    /// Quadrature and the envelope contradict each other. Nothing raises it any more, since the
    /// disagreement widens the calibrated interval; files of earlier versions hold it.
    MethodsDisagree = "methods-disagree",
    /// The runs' own back-test widened the calibrated interval.
    WidenedByBacktest = "widened-by-backtest",
    /// The method speaks of a new run, not of the curve.
    PredictionOnly = "prediction-only",
    /// The profile interval is defined for least squares on relative or absolute residuals.
    ProfileUndefined = "profile-undefined",
    /// The method's widths were measured at other levels only.
    LevelNotMeasured = "level-not-measured",
    /// So few refits lie beyond the ends of a bootstrap interval that these are the outermost
    /// refits.
    TooFewRefits = "too-few-refits",
    /// A bootstrap was asked for where it is not defined.
    BootstrapUndefined = "bootstrap-undefined",
    /// The pass rate falls and then rises.
    UShaped = "u-shaped",
    /// The pass rate does not change with compute.
    NoTrend = "no-trend",
    /// No model is better than guessing.
    AtChance = "at-chance",
    /// Every sample passes, or nearly so.
    AtCeiling = "at-ceiling",
    /// One step of compute brings most of the gain.
    Jump = "jump",
    /// Some model never solved some problem.
    ZeroPassCells = "zero-pass-cells",
    /// Models scatter about the law more than sampling explains.
    ModelScatter = "model-scatter",
    /// Problems scatter about the common law from model to model.
    ProblemScatter = "problem-scatter",
    /// Problems that the small models cannot tell apart fill more than one bucket.
    TiedDifficulty = "tied-difficulty",
    /// Buckets have different exponents.
    ExponentsDiffer = "exponents-differ",
    /// The pass rate of some problems does not simply rise with compute.
    ProblemsTurn = "problems-turn",
    /// The errors of the outcomes of one run move together, and the fit takes them as independent.
    OutcomesMoveTogether = "outcomes-move-together",
    /// The runs do not show where a law is lowest.
    FlatOptimum = "flat-optimum",
    /// Only a rate of the whole benchmark is known.
    AggregateOnly = "aggregate-only",
    /// Nothing says what the learning rate will do until the end of a run.
    ScheduleUnknown = "schedule-unknown",
    /// A run has not seen the falls of the learning rate that are to come.
    AnnealingNotSeen = "annealing-not-seen",
    /// A schedule is longer, or falls further, than those of the runs of its recipe.
    ScheduleOutsideRuns = "schedule-outside-runs",
    /// Only a small part of a run is known.
    LittleOfTheRun = "little-of-the-run",
    /// The loss of a run has spikes.
    LossSpikes = "loss-spikes",
    /// The steps of a log go back.
    RunRestarted = "run-restarted",
    /// Points of a log are no numbers.
    PointsUnusable = "points-unusable",
    /// Too few problems for what they say to hold for others.
    TooFewProblems = "too-few-problems",
);

impl Code {
    /// Whether the finding is about the rows that a fit is made of, and not about what was made of
    /// them.
    #[must_use]
    pub fn is_about_rows(self) -> bool {
        matches!(
            self,
            Code::SeveralSteps
                | Code::TasksPooled
                | Code::RecipesPooled
                | Code::GroupOfTasks
                | Code::SeveralScores
                | Code::RunsLost
                | Code::SweepPooled
                | Code::EndedEarly
                | Code::DecayAhead
                | Code::CurveUnknown
                | Code::DuplicateRuns
                | Code::MixedUnits
                | Code::ScatterAtOneCompute
                | Code::UnequalNoise
                | Code::RunFarOff
        )
    }
}
