using InstructKit.Diagnostics;

namespace InstructKit.Templating;

/// <summary>A template failed while it was rendered; the diagnostic says where in the template and why.</summary>
public sealed class TemplateException(Diagnostic diagnostic, Exception? inner = null) : DiagnosticException(diagnostic, inner)
{
    /// <summary>The one thing that went wrong.</summary>
    public Diagnostic Diagnostic => Diagnostics[0];
}
