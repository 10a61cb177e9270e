using InstructKit.Authoring.Importing.Python;

namespace InstructKit.Authoring.Importing.NaturalInstructions;

/// <summary>
/// How an input of Super-NaturalInstructions is assembled: the encoding options of Tk-Instruct (Wang et al. 2022; its data collator). Definition, then
/// positive examples, then negative ones, then the instance; every piece is stripped and gets a final full stop unless it ends in ASCII punctuation.
/// </summary>
public sealed record TkInstructEncoding
{
    /// <summary>Python's <c>string.punctuation</c>.</summary>
    internal const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    /// <summary>Name of the derived column that holds the instance's input with its full stop.</summary>
    internal const string InputField = "ended_input";

    /// <summary>Prepends the task's name.</summary>
    public bool TaskName { get; init; }

    /// <summary>Prepends the first definition.</summary>
    public bool Definition { get; init; } = true;

    /// <summary>Maximum number of positive examples.</summary>
    public int PositiveExamples { get; init; } = 2;

    /// <summary>Maximum number of negative examples.</summary>
    public int NegativeExamples { get; init; }

    /// <summary>Adds the explanations of examples that have one.</summary>
    public bool Explanations { get; init; }

    /// <summary>The five encodings from which Tk-Instruct's varied training samples for each row.</summary>
    public static IReadOnlyList<TkInstructEncoding> Varied { get; } =
    [
        new() { PositiveExamples = 0 },
        new() { Definition = false },
        new(),
        new() { NegativeExamples = 2 },
        new() { Explanations = true },
    ];

    /// <summary>Id of the template, from its parts, such as <c>definition-pos2-neg1</c>.</summary>
    public string Id
    {
        get
        {
            List<string> parts = [];
            Add(TaskName, "name");
            Add(Definition, "definition");
            Add(PositiveExamples > 0, string.Create(CultureInfo.InvariantCulture, $"pos{PositiveExamples}"));
            Add(NegativeExamples > 0, string.Create(CultureInfo.InvariantCulture, $"neg{NegativeExamples}"));
            Add(Explanations, "explained");
            return parts.Count == 0 ? "instance" : string.Join('-', parts);

            void Add(bool has, string part)
            {
                if (has) parts.Add(part);
            }
        }
    }

    /// <summary>Expression of <see cref="InputField"/>.</summary>
    internal static string InputExpression { get; } =
        $"(input | trim) ~ ('' if input | trim and (input | trim)[-1] in {JinjaLiteral.Quoted(Punctuation)} else '.')";

    internal string InputTemplate(string task, NaturalInstructionsFile file)
    {
        var text = new StringBuilder();
        if (TaskName) text.Append(task).Append(". ");

        if (Definition) text.Append("Definition: ").Append(Ended(file.Definitions[0])).Append("\n\n");

        AppendExamples(text, "Positive", file.PositiveExamples.Take(PositiveExamples));
        AppendExamples(text, "Negative", file.NegativeExamples.Take(NegativeExamples));
        text.Append("Now complete the following example -\nInput: ");
        // The empty text keeps the last blank, which would be invisible at a line's end.
        return $"{JinjaLiteral.Of(text.ToString())}{{{{ {InputField} }}}}\nOutput: {{{{ '' }}}}";
    }

    private void AppendExamples(StringBuilder text, string kind, IEnumerable<NaturalInstructionsExample> examples)
    {
        var number = 0;
        foreach (var example in examples)
        {
            text.Append(CultureInfo.InvariantCulture, $" {kind} Example {++number} -\nInput: {Ended(example.Input)}\n Output: {Ended(example.Output)}\n");
            if (Explanations && example.Explanation is { } explanation) text.Append(CultureInfo.InvariantCulture, $" Explanation: {Ended(explanation)}\n");

            text.Append('\n');
        }
    }

    private static string Ended(string piece)
    {
        var stripped = PythonSpace.Strip(piece);
        return stripped.Length > 0 && Punctuation.Contains(stripped[^1], StringComparison.Ordinal) ? stripped : $"{stripped}.";
    }
}
