using System.Runtime.CompilerServices;
using InstructKit.Building;
using Spectre.Console;

namespace InstructKit.Cli.Output;

/// <summary>Shows how a build goes on, on a terminal only.</summary>
internal static class BuildProgress
{
    /// <summary>Runs a build with a live display where people look at standard error, else without one.</summary>
    public static BuildReport Run(Terminal terminal, ResolvedPlan resolved, Func<IBuildObserver?, BuildReport> build) =>
        terminal.ErrorIsTerminal && !terminal.Quiet ? RunLive(terminal, resolved, build) : build(new LoggingObserver(terminal.Log));

    // Not inlined: compiling a method that names Spectre's types loads its assembly.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static BuildReport RunLive(Terminal terminal, ResolvedPlan resolved, Func<IBuildObserver?, BuildReport> build)
    {
        var splits = resolved.Tasks.Sum(task => task.Outputs.Select(output => task.Data.Slices[output.Slice].Split).Distinct(StringComparer.Ordinal).Count());
        return SpectreConsole.On(terminal.Error, terminal).Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new RowsColumn(), new RemainingTimeColumn())
            .Start(context => build(new LiveObserver(context, splits)));
    }
}
