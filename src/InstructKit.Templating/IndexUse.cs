namespace InstructKit.Templating;

/// <summary>A place where an expression takes an element of a list by a computed index.</summary>
/// <param name="Index">The index.</param>
/// <param name="Conditions">What has to be true (or false) for the place to be reached, outer conditions first.</param>
internal sealed record IndexUse(TemplateExpression Index, IReadOnlyList<(TemplateExpression Test, bool Holds)> Conditions);
