namespace InstructKit.Cli;

/// <summary>Whoever read standard output has gone, as <c>head</c> does: there is nothing more to do, and nothing to complain about.</summary>
internal sealed class ClosedPipeException : IOException;
