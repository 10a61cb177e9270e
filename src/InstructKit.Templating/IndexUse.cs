namespace InstructKit.Templating;

/// <summary>A place where an expression takes an element of a list by a computed index.</summary>
/// <param name="Index">The index.</param>
/// <param name="Conditions">What has to be true (or false) for the place to be reached, outer conditions first.</param>
/// <param name="IsNamed">True for an element of a list that was asked for by name; false for one of a list that is written out.</param>
/// <param name="BecomesInt">True for what becomes the index through the filter <c>int</c>, which makes 0 of what is no number.</param>
internal sealed record IndexUse(TemplateExpression Index, (TemplateExpression Test, bool Holds)[] Conditions, bool IsNamed, bool BecomesInt);
