using InstructKit.Building.EvaluationOutput;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Lengths;
using InstructKit.Protocol;
using InstructKit.Screening;
using InstructKit.Sources.Formats;
using InstructKit.Templating.Settings;

namespace InstructKit.Building.Passes;

/// <summary>What all runs of a build share.</summary>
/// <param name="resolved">The plan and who takes part.</param>
/// <param name="progress">Told about rows as they pass, or null.</param>
/// <param name="cancel">Ends the build.</param>
internal sealed class BuildContext(ResolvedPlan resolved, RejectFile rejects, IBuildObserver? progress, CancellationToken cancel)
{
    private readonly List<(string Task, EvaluationWay Way)> _notAsked = [];
    private long _rejected;

    /// <summary>The plan and who takes part.</summary>
    public ResolvedPlan Resolved => resolved;

    public BuildPlan Plan => resolved.Plan;

    /// <summary>The reject file; used in turn only.</summary>
    public RejectFile Rejects => rejects;

    /// <summary>Held-out rows, and where training tasks have them; null when nothing is trained on or nothing is held out.</summary>
    public LeakLedger? Leaks { get; init; }

    /// <summary>Keys of the held-out rows, which must not become exemplars either; null when there are none.</summary>
    public HeldOutKeys? EvaluationRows { get; init; }

    /// <summary>Counts the budget of exemplars; null to count words.</summary>
    public ITokenizer? Tokenizer { get; init; }

    /// <summary>How examples are measured; null when they are not.</summary>
    public TrainerView? View { get; init; }

    /// <summary>True when a few rows are looked at and nothing is written.</summary>
    public bool IsSample { get; init; }

    /// <summary>Evaluation sets of what is scored; null when none are written.</summary>
    public EvaluationSets? Evaluation { get; init; }

    /// <summary>What each training task has of the mixture; empty when every row is used once.</summary>
    public IReadOnlyDictionary<string, MixtureShare> Shares { get; init; } = new Dictionary<string, MixtureShare>(StringComparer.Ordinal);

    /// <summary>Lanes of the training tasks; null where the training order needs none.</summary>
    public TrainingLanes? Lanes { get; init; }

    public RenderLimits Limits { get; } = new();

    public CancellationToken Cancel => cancel;

    /// <summary>Rows rejected so far.</summary>
    public long Rejected => _rejected;

    /// <summary>Tells the observer about rows.</summary>
    public void Report(string task, string split, int rows) => progress?.Rows(task, split, rows);

    /// <summary>Columns that the files of a task's split offer, for messages.</summary>
    public IReadOnlyList<string> OfferedColumns(string task, string split)
    {
        var data = resolved.Tasks.First(one => one.Task.Key == task).Data;
        return RowReaders.DiscoverColumns(data.Layout.Source, data.Splits[split]);
    }

    /// <summary>Ways in which tasks could not be asked: no prompt of the kind, no options in the input, no training rows for exemplars.</summary>
    public IReadOnlyList<(string Task, EvaluationWay Way)> NotAsked => _notAsked;

    /// <summary>Notes a way in which a task cannot be asked.</summary>
    public void NoteNotAsked(string task, EvaluationWay way)
    {
        if (!_notAsked.Contains((task, way))) _notAsked.Add((task, way));
    }

    /// <summary>Counts a reject; false when there are now more than the plan allows.</summary>
    public bool CountReject() => !(++_rejected > resolved.Plan.MaxRejects);
}
