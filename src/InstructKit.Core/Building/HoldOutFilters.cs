using InstructKit.Building.Passes;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Examples;
using InstructKit.Screening;

namespace InstructKit.Building;

/// <summary>The rows that a build holds out, for commands on the rows of single tasks: read once, and looked up for every training row as in the build.</summary>
internal sealed class HoldOutFilters : IDisposable
{
    private readonly LeakLedger _ledger = new(Path.GetTempPath());
    private readonly ResolvedPlan _resolved;

    private HoldOutFilters(ResolvedPlan resolved) => _resolved = resolved;

    /// <summary>Reads the rows that a build of a plan holds out.</summary>
    /// <exception cref="DiagnosticException">The plan cannot be resolved (IK20xx).</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static HoldOutFilters Read(BuildPlan plan, TaskRegistry catalogue, CancellationToken cancel)
    {
        var held = new HoldOutFilters(PlanResolver.Resolve(plan, catalogue));
        HeldOutPass.Fill(held._resolved, held._ledger, cancel);
        return held;
    }

    /// <summary>True when the build trains on a task.</summary>
    public bool Trains(string task) => _resolved.Tasks.Any(other => other.Use == TaskUse.Train && other.Task.Key == task);

    /// <summary>The build's conditions on a task's training and validation rows in addition to the task's own; empty if it screens none of them.</summary>
    public IReadOnlyList<IRowFilter> FiltersOf(string task) => _resolved.IsApart && Trains(task) ? [new HeldOutScreen(_ledger.Keys)] : [];

    public void Dispose() => _ledger.Dispose();
}
