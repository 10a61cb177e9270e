using InstructKit.Sources;
using InstructKit.Sources.Files;
using InstructKit.Sources.Hub;

namespace InstructKit.Cli.Hosting;

/// <summary>The exit codes of all commands, and the one place where an exception becomes one of them (numbers above 63 are those of sysexits.h).</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>Done, but something was found: rejected rows, findings of a check.</summary>
    public const int Found = 1;

    /// <summary>The command line, the plan or a task file is wrong; nothing was written.</summary>
    public const int Usage = 2;

    /// <summary>The input data is bad.</summary>
    public const int BadInput = 65;

    /// <summary>Something remote is not available.</summary>
    public const int Remote = 69;

    public const int Bug = 70;

    /// <summary>I/O failed.</summary>
    public const int InputOutput = 74;

    /// <summary>Try again; a scheduler may requeue.</summary>
    public const int TryAgain = 75;

    /// <summary>Added to the number of a signal.</summary>
    public const int Signal = 128;

    private const int Interrupt = 2;

    /// <summary>The exit code of an exception.</summary>
    /// <param name="exception">The exception that ended the command.</param>
    /// <param name="signal">Number of the signal received, or null.</param>
    public static int Of(Exception exception, int? signal = null) => exception switch
    {
        DiagnosticException found => Of(found.Diagnostics.FirstOrDefault(one => one.Severity == Severity.Error)?.Code ?? found.Diagnostics[0].Code),
        OperationCanceledException => Signal + (signal ?? Interrupt),
        IOException or UnauthorizedAccessException => InputOutput,
        _ => Bug,
    };

    /// <summary>The exit code of a diagnostic's code.</summary>
    public static int Of(string code) => code switch
    {
        "IK4002" or "IK9009" => Usage,
        HubCodes.Unavailable or HubCodes.RateLimited or HubCodes.CacheBusy or SinkCodes.FolderBusy => TryAgain,
        HubCodes.NotLocked or HubCodes.BadLock or HubCodes.NoHubLayout or HubCodes.BadSetting => Usage,
        HubCodes.NoRoom or SourceCodes.ReadFailed or TextFileCodes.Unreadable => InputOutput,
        _ when Begins(code, "IK8") => Remote,
        _ when Begins(code, "IK21") || Begins(code, "IK22") => BadInput,
        _ when Begins(code, "IK1") || Begins(code, "IK2") => Usage,
        _ when Begins(code, "IK4") => InputOutput,
        _ when Begins(code, "IK6") => Remote,
        _ => BadInput,
    };

    private static bool Begins(string code, string prefix) => code.StartsWith(prefix, StringComparison.Ordinal);
}

/// <summary>Gives a code to a failure of the operating system about which nothing more is known.</summary>
internal static class SystemFailure
{
    /// <summary>The exception, with the code IK4005 if it is from the system.</summary>
    public static Exception Coded(Exception exception) => SinkError.IsRefusal(exception)
        // The system's messages may or may not end with a full stop.
        ? new DiagnosticException(Diagnostic.Error(SinkCodes.SystemFailure, $"{SinkError.AsRefusal(exception).Message.TrimEnd('.')}."), exception)
        : exception;
}
