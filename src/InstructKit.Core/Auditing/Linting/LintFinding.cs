namespace InstructKit.Auditing.Linting;

/// <summary>Something that the linter found.</summary>
/// <param name="Diagnostic">Code, severity, place and words.</param>
/// <param name="Task">Key of the task.</param>
/// <param name="Template">Id of the template, or null when the task as a whole is meant.</param>
/// <param name="Rule">The rule, or null for what the readers of task files and templates report themselves.</param>
public sealed record LintFinding(Diagnostic Diagnostic, string Task, string? Template, LintRule? Rule);
