using System.Globalization;
using InstructKit.Authoring.Importing.Python;
using InstructKit.Diagnostics;
using InstructKit.Tasks;
using InstructKit.Templating.Settings;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing.Flan;

/// <summary>A pattern of FLAN's file.</summary>
/// <param name="Index">Its index in the list, which is the template's number in FLAN's code.</param>
/// <param name="Input">Pattern of the input.</param>
/// <param name="Target">Pattern of the target.</param>
/// <param name="InputFields">Fields of the input in order.</param>
/// <param name="TargetFields">Fields of the target in order.</param>
internal sealed record FlanPattern(int Index, PythonValue.Text Input, PythonValue.Text Target, IReadOnlyList<string> InputFields, IReadOnlyList<string> TargetFields)
{
    private const string Answer = "answer";

    /// <summary>What a few-shot pattern says of its exemplars: prefixes and separators; null for a zero-shot pattern.</summary>
    public IReadOnlyList<(string Key, PythonValue Value)>? FewShot { get; init; }

    /// <summary>All fields.</summary>
    public IEnumerable<string> Fields => InputFields.Concat(TargetFields);

    /// <summary>
    /// The field that is the answer: <c>answer</c> where a target has it, else what most targets consist of, else the first field of a target; null when
    /// no target has one.
    /// </summary>
    public static string? AnswerOf(IReadOnlyList<FlanPattern> patterns) =>
        patterns.Any(pattern => pattern.TargetFields.Contains(Answer, StringComparer.Ordinal))
            ? Answer
            : patterns.Where(pattern => pattern.TargetFields.Count == 1 && pattern.Target.Content == $"{{{pattern.TargetFields[0]}}}")
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
        Metadata = FewShot is null ? null : MetadataOf(FewShot),
    };

    /// <summary>What the pattern asks for, when a field is the answer: the file itself does not say it.</summary>
    public TemplateKind KindFor(string? answer) =>
        InputFields.Count == 0 ? TemplateKind.Unconditional
        : answer is not null && InputFields.Contains(answer) ? TemplateKind.Inverse
        : answer is not null && TargetFields.Contains(answer) ? TemplateKind.Direct
        : TemplateKind.Auxiliary;

    private static YamlMap MetadataOf(IReadOnlyList<(string Key, PythonValue Value)> fewShot)
    {
        var span = new SourceSpan(SourceText.FromText(string.Empty, string.Empty), 0, 0);
        var parts = fewShot.Select(part => new YamlEntry(
            Scalar(part.Key, ScalarForm.Plain),
            part.Value switch
            {
                PythonValue.Text text => Scalar(text.Content, ScalarForm.DoubleQuoted),
                PythonValue.Atom { Word: "True" or "False" } atom => Scalar(atom.Word.ToLowerInvariant(), ScalarForm.Plain),
                var other => Scalar((other as PythonValue.Atom)?.Word ?? other.Noun, ScalarForm.Plain),
            }));
        return new YamlMap([new YamlEntry(Scalar("few_shot", ScalarForm.Plain), new YamlMap([.. parts], span))], span);

        YamlScalar Scalar(string text, ScalarForm form) => new(text, form, span);
    }
}
