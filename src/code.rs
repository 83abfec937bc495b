//! The codes of findings, by which programs distinguish them.

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
            /// The code as it appears in files and outputs.
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
    /// The code of a finding, which is never renamed; [`Code::as_str`] gives its form in files.
    pub enum Code;

    /// Rows are several steps of several runs.
    SeveralSteps = "several-steps",
    /// Rows of several tasks would form one curve.
    TasksPooled = "tasks-pooled",
    /// Runs of several recipes make one curve.
    RecipesPooled = "recipes-pooled",
    /// Rows were lost that are the largest runs, or many.
    RunsLost = "runs-lost",
    /// Runs of one size differ in a hyperparameter.
    SweepPooled = "sweep-pooled",
    /// Runs ended early, or are not marked as finished.
    EndedEarly = "ended-early",
    /// Decay branches of one run count as independent runs.
    BranchesShareTrunk = "branches-share-trunk",
    /// The learning rate still decays after the last row of a training run.
    DecayAhead = "decay-ahead",
    /// Nothing shows what the rows are points of.
    CurveUnknown = "curve-unknown",
    /// A task of a suite combines other tasks, by its name and its scores.
    GroupOfTasks = "group-of-tasks",
    /// The larger models of a ladder do not lie where the smaller ones say.
    HeldOutMisses = "held-out-misses",
    /// Models have several scores for one task.
    SeveralScores = "several-scores",
    /// The same run is listed twice.
    DuplicateRuns = "duplicate-runs",
    /// One column holds numbers in different units.
    MixedUnits = "mixed-units",
    /// Runs of one compute differ by more than their noise.
    ScatterAtOneCompute = "scatter-at-one-compute",
    /// The noise of replicates differs between places.
    UnequalNoise = "unequal-noise",
    /// One run lies far off the curve of the others.
    RunFarOff = "run-far-off",
    /// The data cannot distinguish c from 0.
    FloorNotIdentified = "floor-not-identified",
    /// n − p < 3: the noise cannot be estimated.
    TooFewRuns = "too-few-runs",
    /// Leaving one run out moves the forecast further than the noise explains.
    OneRunDecides = "one-run-decides",
    /// Neighbouring residuals are correlated: the law does not fit.
    StructuredResiduals = "structured-residuals",
    /// ln N and ln D of the runs are collinear, so their terms cannot be separated.
    CollinearND = "collinear-n-d",
    /// The data do not show whether a term of the surface exists.
    TermNotIdentified = "term-not-identified",
    /// The standard error of an exponent is as large as the exponent.
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
    /// A fitted cost is used for sizes far from those it was fitted to.
    CostExtrapolated = "cost-extrapolated",
    /// A formula of the cost and the compute of the runs disagree.
    FormulaNotCompute = "formula-not-compute",
    /// The budgets and the compute column of the runs disagree.
    BudgetNotCompute = "budget-not-compute",
    /// There is a budget column that cannot be used.
    BudgetNotUsed = "budget-not-used",
    /// Different values of a budget column count as one budget.
    BudgetsMerged = "budgets-merged",
    /// Runs are not grouped by the first column that could separate their budgets.
    GroupedOtherwise = "grouped-otherwise",
    /// Budgets have no usable minimum.
    MinimaNotUsed = "minima-not-used",
    /// With the noise of the runs, parabolas often have no minimum between their sizes.
    MinimaUncertain = "minima-uncertain",
    /// Minima lie far from the middle of their sizes.
    MinimaOffCentre = "minima-off-centre",
    /// Parabolas miss the minimum of the fitted surface by as much as the interval allows.
    ParabolaBiased = "parabola-biased",
    /// Leaving out one budget moves the optimum beyond its interval.
    OneBudgetDecides = "one-budget-decides",
    /// Units seem to be mixed.
    UnitsSuspect = "units-suspect",
    /// The loss rises where a law would fall.
    NonMonotone = "non-monotone",
    /// The loss falls faster and faster.
    Break = "break",
    /// The loss stopped falling more abruptly than the law does.
    Plateau = "plateau",
    /// The smallest runs lie on a plateau before the power law.
    ConcaveOnset = "concave-onset",
    /// The loss does not fall with compute, or a score falls with it.
    InverseScaling = "inverse-scaling",
    /// The law of a recipe never reaches the loss of another one.
    NeverReached = "never-reached",
    /// A second basin fits the data about as well.
    SecondBasin = "second-basin",
    /// Other laws reach the same value of a robust objective.
    MinimumNotUnique = "minimum-not-unique",
    /// Residuals are larger than the given σ allows.
    SigmaTooSmall = "sigma-too-small",
    /// No minimum was found.
    NotConverged = "not-converged",
    /// Rounding errors decide the parameters.
    IllConditioned = "ill-conditioned",
    /// A parameter lies on a bound set by the user.
    AtBound = "at-bound",
    /// The linear programs of the envelope have no solution: no mixture of power laws passes
    /// through the runs.
    EnvelopeInfeasible = "envelope-infeasible",
    /// The envelope has no limit at the target.
    EnvelopeUnbounded = "envelope-unbounded",
    /// The curve is a quantile of the runs, not their centre.
    QuantileFit = "quantile-fit",
    /// A floor that is fixed or known lies above some runs.
    FloorAboveRuns = "floor-above-runs",
    /// A law-free method cannot use what is fixed or known about the law.
    KnowledgeOfLaw = "knowledge-of-law",
    /// The runs contradict the prior.
    PriorConflict = "prior-conflict",
    /// The noise of the runs is not given, and the runs do not determine it.
    NoiseAssumed = "noise-assumed",
    /// A method takes logarithms of losses, and some are not positive.
    NeedsPositiveLosses = "needs-positive-losses",
    /// The target lies far below the smallest run.
    TargetBelowRuns = "target-below-runs",
    /// The target lies farther beyond the largest run than any forecast that was checked.
    TargetFarBeyond = "target-far-beyond",
    /// The best ratio of tokens to parameters is one that no run had.
    RatioOutsideRuns = "ratio-outside-runs",
    /// Unique tokens would be repeated more often than in any run.
    EpochsOutsideRuns = "epochs-outside-runs",
    /// The noise bands of the envelope were widened until a mixture of power laws passed through.
    EnvelopeWidened = "envelope-widened",
    /// Quadrature and the envelope contradict each other. It is no longer used, since the
    /// disagreement widens the calibrated interval, but files of earlier versions contain it.
    MethodsDisagree = "methods-disagree",
    /// The runs' own back-test widened the calibrated interval.
    WidenedByBacktest = "widened-by-backtest",
    /// The method gives intervals for a new run, but not for the curve.
    PredictionOnly = "prediction-only",
    /// The profile interval is only defined for least squares on relative or absolute residuals.
    ProfileUndefined = "profile-undefined",
    /// The widths of the method were measured only at other levels.
    LevelNotMeasured = "level-not-measured",
    /// The ends of a bootstrap interval are the outermost refits, because too few refits lie beyond
    /// them.
    TooFewRefits = "too-few-refits",
    /// A bootstrap was requested where it is not defined.
    BootstrapUndefined = "bootstrap-undefined",
    /// The pass rate falls and then rises.
    UShaped = "u-shaped",
    /// The pass rate does not change with compute.
    NoTrend = "no-trend",
    /// No model is better than guessing.
    AtChance = "at-chance",
    /// Every or nearly every sample passes.
    AtCeiling = "at-ceiling",
    /// One step of compute brings most of the gain.
    Jump = "jump",
    /// Some model never solved some problem.
    ZeroPassCells = "zero-pass-cells",
    /// Models scatter about the law more than sampling explains.
    ModelScatter = "model-scatter",
    /// Problems scatter about the common law between models.
    ProblemScatter = "problem-scatter",
    /// Problems that the small models cannot separate fill more than one bucket.
    TiedDifficulty = "tied-difficulty",
    /// Buckets have different exponents.
    ExponentsDiffer = "exponents-differ",
    /// The pass rate of some problems does not rise steadily with compute.
    ProblemsTurn = "problems-turn",
    /// The errors of the outcomes of one run are correlated, but the fit assumes independent ones.
    OutcomesMoveTogether = "outcomes-move-together",
    /// The runs do not show where a law has its minimum.
    FlatOptimum = "flat-optimum",
    /// Only one rate of the whole benchmark is known.
    AggregateOnly = "aggregate-only",
    /// The learning rate until the end of a run is unknown.
    ScheduleUnknown = "schedule-unknown",
    /// A run has not yet seen the falls of the learning rate that are to come.
    AnnealingNotSeen = "annealing-not-seen",
    /// A schedule is longer, or falls further, than those of the runs of its recipe.
    ScheduleOutsideRuns = "schedule-outside-runs",
    /// The runs of a recipe are of models of different sizes.
    SizesPooled = "sizes-pooled",
    /// Only a small part of a run is known.
    LittleOfTheRun = "little-of-the-run",
    /// The loss of a run has spikes.
    LossSpikes = "loss-spikes",
    /// The steps of a log go back.
    RunRestarted = "run-restarted",
    /// Points of a log are not numbers.
    PointsUnusable = "points-unusable",
    /// Too few problems to generalise to others.
    TooFewProblems = "too-few-problems",
);

impl Code {
    /// Whether the finding is about the rows that a fit uses, not about the fit.
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
                | Code::BranchesShareTrunk
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
