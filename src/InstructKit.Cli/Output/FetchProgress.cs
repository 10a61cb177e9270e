using System.Runtime.CompilerServices;
using InstructKit.Fetching;
using InstructKit.Sources.Hub;
using Spectre.Console;

namespace InstructKit.Cli.Output;

/// <summary>Shows how a fetch goes on, on a terminal only.</summary>
internal static class FetchProgress
{
    private const string Refused = "HF_HUB_DISABLE_PROGRESS_BARS";

    /// <summary>Runs a fetch with a live display where people look at standard error, else with messages in the log.</summary>
    public static FetchReport Run(Terminal terminal, FetchPlan plan, Func<IFetchObserver?, FetchReport> fetch) =>
        terminal.ErrorIsTerminal && !terminal.Quiet && plan.Left > 0 && Environment.GetEnvironmentVariable(Refused) is null or "" or "0"
            ? RunLive(terminal, plan, fetch)
            : fetch(new LoggingFetchObserver(terminal.Log));

    // Not inlined: compiling a method that names Spectre's types loads its assembly.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static FetchReport RunLive(Terminal terminal, FetchPlan plan, Func<IFetchObserver?, FetchReport> fetch) =>
        SpectreConsole.On(terminal.Error, terminal).Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .Start(context => fetch(new LiveFetchObserver(context, plan.Left)));
}
