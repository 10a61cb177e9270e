namespace InstructKit.Auditing.Linting;

/// <summary>One thing that the linter looks for.</summary>
/// <param name="Code">Stable code, <c>IK25xx</c>.</param>
/// <param name="Name">Name in words joined by hyphens.</param>
/// <param name="Severity">How much a finding matters, where the rule does not say otherwise.</param>
/// <param name="What">What is found, one sentence.</param>
/// <param name="Why">Why it matters, one sentence.</param>
public sealed record LintRule(string Code, string Name, Severity Severity, string What, string Why);
