namespace InstructKit.Diagnostics;

/// <summary>How much a <see cref="Diagnostic"/> matters.</summary>
public enum Severity
{
    /// <summary>Worth knowing; changes nothing.</summary>
    Info,

    /// <summary>Suspicious; work continues.</summary>
    Warning,

    /// <summary>Wrong; what it is about is not used.</summary>
    Error,
}
