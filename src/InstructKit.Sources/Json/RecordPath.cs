using System.Collections.Immutable;

namespace InstructKit.Sources.Json;

/// <summary>Where records are located in a JSON value: the parsed form of <see cref="SourceSpec.Records"/>.</summary>
internal sealed class RecordPath
{
    public const string ValueLevel = "value";

    private const int MaxSteps = 64;

    public RecordPath(IEnumerable<RecordStep> steps)
    {
        Steps = [.. steps];
        Levels = [.. Steps.Where(step => step.Kind != RecordStepKind.Key).Select(step => step.Name)];
    }

    /// <summary>The path of a value that is itself the record.</summary>
    public static RecordPath Whole { get; } = new([]);

    /// <summary>The steps, outermost first.</summary>
    public ImmutableArray<RecordStep> Steps { get; }

    /// <summary>Names of the levels that are iterated over, outermost first.</summary>
    public ImmutableArray<string> Levels { get; }

    /// <summary>Parses a path such as <c>data[].paragraphs[].qas[]</c> or <c>*.qa_pairs[]</c>.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">It is not a valid path.</exception>
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

/// <summary>One step of a <see cref="RecordPath"/>.</summary>
/// <param name="Name">The key to go to, or the name of the level that is iterated over.</param>
internal sealed record RecordStep(RecordStepKind Kind, string Name)
{
    public byte[] Utf8 { get; } = System.Text.Encoding.UTF8.GetBytes(Name);
}

/// <summary>What a <see cref="RecordStep"/> does.</summary>
internal enum RecordStepKind
{
    /// <summary>Goes to the value of one key.</summary>
    Key,

    /// <summary>Iterates over the elements of an array.</summary>
    Elements,

    /// <summary>Iterates over the values of an object.</summary>
    Values,
}

/// <summary>What each column of a reader means when the record has no field of that name.</summary>
internal sealed class RecordColumns
{
    /// <summary>The whole record.</summary>
    public const int Row = -1;

    /// <summary>The whole value that the path starts from.</summary>
    public const int Root = -2;

    /// <summary>The key of the innermost object that is iterated over.</summary>
    public const int Key = -3;

    private RecordColumns(ImmutableArray<(int Column, int Meaning, bool IsIndex)> extras, bool hasFields) => (Extras, HasFields) = (extras, hasFields);

    /// <summary>Columns with another meaning than a field: a level's number, or one of the constants; with <c>IsIndex</c> the level's index.</summary>
    public ImmutableArray<(int Column, int Meaning, bool IsIndex)> Extras { get; }

    /// <summary>True when a column can only be a field.</summary>
    public bool HasFields { get; }

    /// <summary>Interprets the columns for a path.</summary>
    public static RecordColumns Create(IReadOnlyList<string> columns, RecordPath path)
    {
        var extras = ImmutableArray.CreateBuilder<(int, int, bool)>();
        var hasKey = path.Steps.Any(step => step.Kind == RecordStepKind.Values);
        for (var i = 0; i < columns.Count; i++)
        {
            var name = columns[i];
            var isIndex = name.EndsWith("_index", StringComparison.Ordinal);
            var level = path.Levels.LastIndexOf(isIndex ? name[..^6] : name);
            if (level >= 0) extras.Add((i, level, isIndex));
            else if (name is "row" or "root" or SourceInput.WholeRecord || (name == "key" && hasKey)) extras.Add((i, name switch { "row" or SourceInput.WholeRecord => Row, "root" => Root, _ => Key }, false));
        }

        return new RecordColumns(extras.ToImmutable(), extras.Count < columns.Count);
    }
}
