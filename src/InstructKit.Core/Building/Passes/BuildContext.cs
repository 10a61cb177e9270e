using InstructKit.Building.EvaluationOutput;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Lengths;
using InstructKit.Protocol;
using InstructKit.Screening;
using InstructKit.Sources.Formats;
using InstructKit.Templating.Settings;

namespace InstructKit.Building.Passes;

/// <summary>Shared by all passes of a build.</summary>
/// <param name="resolved">The resolved plan.</param>
/// <param name="progress">Receives row progress, or null.</param>
/// <param name="cancel">Cancels the build.</param>
internal sealed class BuildContext(ResolvedPlan resolved, RejectFile rejects, IBuildObserver? progress, CancellationToken cancel)
{
    private readonly List<(string Task, EvaluationWay Way)> _notAsked = [];
    private long _rejected;

    /// <summary>The resolved plan.</summary>
    public ResolvedPlan Resolved => resolved;

    public BuildPlan Plan => resolved.Plan;

    /// <summary>The reject file; only used in input order.</summary>
    public RejectFile Rejects => rejects;

    /// <summary>Held-out rows, and their occurrences in training tasks; null when nothing is trained on or nothing is held out.</summary>
    public LeakLedger? Leaks { get; init; }

    /// <summary>Keys of the held-out rows, which must also not become exemplars; null when there are none.</summary>
    public HeldOutKeys? EvaluationRows { get; init; }

    /// <summary>Tokenizer for the exemplar budget; null to count words.</summary>
    public ITokenizer? Tokenizer { get; init; }

    /// <summary>How examples are measured; null when they are not.</summary>
    public TrainerView? View { get; init; }

    /// <summary>True when only a sample of rows is read and nothing is written.</summary>
    public bool IsSample { get; init; }

    /// <summary>Evaluation sets of scored rows; null when none are written.</summary>
    public EvaluationSets? Evaluation { get; init; }

    /// <summary>Each training task's share of the mixture; empty when every row is used once.</summary>
    public IReadOnlyDictionary<string, MixtureShare> Shares { get; init; } = new Dictionary<string, MixtureShare>(StringComparer.Ordinal);

    /// <summary>Lanes of the training tasks; null where the training order needs none.</summary>
    public TrainingLanes? Lanes { get; init; }

    public RenderLimits Limits { get; } = new();

    public CancellationToken Cancel => cancel;

    /// <summary>Rows rejected so far.</summary>
    public long Rejected => _rejected;

    /// <summary>Reports rows to the observer.</summary>
    public void Report(string task, string split, int rows) => progress?.Rows(task, split, rows);

    /// <summary>Columns in the files of a task's split, for messages.</summary>
    public IReadOnlyList<string> OfferedColumns(string task, string split)
    {
        var data = resolved.Tasks.First(one => one.Task.Key == task).Data;
        return RowReaders.DiscoverColumns(data.Layout.Source, data.Splits[split]);
    }

    /// <summary>Variants that could not be applied to some tasks: no prompt of the kind, no options in the input, no training rows for exemplars.</summary>
    public IReadOnlyList<(string Task, EvaluationWay Way)> NotAsked => _notAsked;

    /// <summary>Records a variant that cannot be applied to a task.</summary>
    public void NoteNotAsked(string task, EvaluationWay way)
    {
        if (!_notAsked.Contains((task, way))) _notAsked.Add((task, way));
    }

    /// <summary>Counts a reject; false when there are now more than the plan allows.</summary>
    public bool CountReject() => !(++_rejected > resolved.Plan.MaxRejects);
}
