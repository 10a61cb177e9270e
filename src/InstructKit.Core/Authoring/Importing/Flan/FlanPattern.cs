using System.Globalization;
using InstructKit.Authoring.Importing.Python;
using InstructKit.Tasks;
using InstructKit.Templating;

namespace InstructKit.Authoring.Importing.Flan;

/// <summary>A pattern of FLAN's file.</summary>
/// <param name="Index">Its index in the list, which is the template's number in FLAN's code.</param>
/// <param name="Input">Pattern of the input.</param>
/// <param name="Target">Pattern of the target.</param>
/// <param name="InputFields">Fields of the input in order.</param>
/// <param name="TargetFields">Fields of the target in order.</param>
internal sealed record FlanPattern(int Index, PythonValue.Text Input, PythonValue.Text Target, IReadOnlyList<string> InputFields, IReadOnlyList<string> TargetFields)
{
    /// <summary>The field that is the answer: what most targets consist of, otherwise the first field of a target; null when no target has one.</summary>
    public static string? AnswerOf(IReadOnlyList<FlanPattern> patterns) =>
        patterns.Where(pattern => pattern.TargetFields.Count == 1 && pattern.Target.Content == $"{{{pattern.TargetFields[0]}}}")
            .GroupBy(pattern => pattern.TargetFields[0], StringComparer.Ordinal)
            .OrderByDescending(group => group.Count())
            .FirstOrDefault()?.Key ?? patterns.SelectMany(pattern => pattern.TargetFields).FirstOrDefault();

    /// <summary>The pattern as a template.</summary>
    /// <param name="answer">The field that is the answer.</param>
    public ImportedTemplate ToTemplate(string? answer) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"pattern-{Index}"),
        Kind = KindFor(answer),
        Dialect = Dialect.Flan,
        Input = Input.Content,
        Target = Target.Content,
    };

    /// <summary>What the pattern asks for, when a field is the answer: the file itself does not say it.</summary>
    public TemplateKind KindFor(string? answer) =>
        InputFields.Count == 0 ? TemplateKind.Unconditional
        : answer is not null && InputFields.Contains(answer) ? TemplateKind.Inverse
        : answer is not null && TargetFields.Contains(answer) ? TemplateKind.Direct
        : TemplateKind.Auxiliary;
}
