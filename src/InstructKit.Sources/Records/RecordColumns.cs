using System.Collections.Immutable;

namespace InstructKit.Sources.Records;

/// <summary>What each column of a reader means when the record has no field of that name.</summary>
internal sealed class RecordColumns
{
    /// <summary>The whole record.</summary>
    public const int Row = -1;

    /// <summary>The whole value that the path starts from.</summary>
    public const int Root = -2;

    /// <summary>The key of the innermost object that is walked over.</summary>
    public const int Key = -3;

    private RecordColumns(ImmutableArray<(int Column, int Meaning, bool IsIndex)> extras, bool needsRoot, bool hasFields)
    {
        Extras = extras;
        NeedsRoot = needsRoot;
        HasFields = hasFields;
    }

    /// <summary>Columns with another meaning than a field: a level's number, or one of the constants; <c>IsIndex</c> asks for the level's index.</summary>
    public ImmutableArray<(int Column, int Meaning, bool IsIndex)> Extras { get; }

    /// <summary>True when the whole document must be at hand.</summary>
    public bool NeedsRoot { get; }

    /// <summary>True when a column can only be a field.</summary>
    public bool HasFields { get; }

    /// <summary>Looks at the columns in the light of a path.</summary>
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
            else if (name is "row" or "root" || (name == "key" && hasKey)) extras.Add((i, name switch { "row" => Row, "root" => Root, _ => Key }, false));
        }

        return new RecordColumns(extras.ToImmutable(), columns.Contains("root", StringComparer.Ordinal), extras.Count < columns.Count);
    }
}
