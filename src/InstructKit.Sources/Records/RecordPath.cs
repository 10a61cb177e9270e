using System.Collections.Immutable;

namespace InstructKit.Sources.Records;

/// <summary>Where records lie in a JSON value: the parsed form of <see cref="SourceSpec.Records"/>.</summary>
internal sealed class RecordPath
{
    /// <summary>Name of a level that has none of its own.</summary>
    public const string ValueLevel = "value";

    private const int MaxSteps = 64;

    /// <summary>Makes a path of steps.</summary>
    public RecordPath(IEnumerable<RecordStep> steps)
    {
        Steps = [.. steps];
        Levels = [.. Steps.Where(step => step.Kind != RecordStepKind.Key).Select(step => step.Name)];
    }

    /// <summary>The path of a value that is itself the record.</summary>
    public static RecordPath Whole { get; } = new([]);

    /// <summary>The steps, outermost first.</summary>
    public ImmutableArray<RecordStep> Steps { get; }

    /// <summary>Names of the levels that are walked over, outermost first.</summary>
    public ImmutableArray<string> Levels { get; }

    /// <summary>Parses a path such as <c>data[].paragraphs[].qas[]</c> or <c>*.qa_pairs[]</c>.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">It is none.</exception>
    public static RecordPath Parse(string text)
    {
        List<RecordStep> steps = [];
        foreach (var part in text.Split('.'))
        {
            if (part == "*")
            {
                steps.Add(new RecordStep(RecordStepKind.Values, ValueLevel));
                continue;
            }

            var name = part;
            while (name.EndsWith("[]", StringComparison.Ordinal)) name = name[..^2];

            if (name.Length == 0 && part.Length == 0)
                throw SourceError.InSpec($"`records: {text}` has an empty step; expected keys separated by dots, such as data[].paragraphs[]");

            if (name.AsSpan().ContainsAny('[', ']', '*'))
                throw SourceError.InSpec($"`records: {text}` cannot be understood at '{part}'; expected a key, `key[]` for the elements of an array, or `*` for the values of an object");

            if (name.Length > 0) steps.Add(new RecordStep(RecordStepKind.Key, name));

            for (var i = name.Length; i < part.Length; i += 2) steps.Add(new RecordStep(RecordStepKind.Elements, name.Length > 0 ? name : ValueLevel));
        }

        return steps.Count <= MaxSteps ? new RecordPath(steps) : throw SourceError.InSpec($"`records: {text}` has more than {MaxSteps} steps");
    }
}
