using InstructKit.Diagnostics;
using InstructKit.Sources.Files;

namespace InstructKit.Cli;

/// <summary>Gives a code to what the operating system refused where nobody knew what it was about.</summary>
internal static class SystemFailure
{
    /// <summary>The exception, with the code IK4005 when it is the system's.</summary>
    public static Exception Coded(Exception exception) => exception is IOException or UnauthorizedAccessException
        // The system's messages come with and without.
        ? new DiagnosticException(new Diagnostic(SinkCodes.SystemFailure, Severity.Error, $"{exception.Message.TrimEnd('.')}."), exception)
        : exception;
}
