using System.Text.RegularExpressions;
using InstructKit.Sources;
using InstructKit.Sources.Formats;
using InstructKit.Sources.Hub;
using InstructKit.Yaml;

namespace InstructKit.Tasks;

/// <summary>Reads one layout of a task file.</summary>
internal sealed class LayoutReader(YamlMap map, List<Diagnostic> diagnostics)
{
    internal static readonly string[] Formats = ["jsonl", "json", "csv", "tsv", "lines", "parallel", "files", "xml", "parquet"];
    internal static readonly string[] Encodings = ["utf-8", "latin-1", "windows-1252"];

    /// <summary>Reads the keys that select repairs, in a layout or a plan.</summary>
    public static RepairChoices TakeRepairs(YamlForm form)
    {
        var choices = default(RepairChoices);
        foreach (var (repair, key, word, _) in RepairChoices.Table)
            choices = choices.With(repair, form.TakeChoice(key, [RepairChoices.RejectWord, word]) is { } choice ? choice == 1 : null);

        return choices;
    }

    /// <summary>Reads the layout; null if it is invalid.</summary>
    public Layout? Read()
    {
        var before = diagnostics.Count;
        var form = new YamlForm(map, "A layout", diagnostics);
        var name = form.RequireScalar("name");
        var layout = new Layout
        {
            Name = name?.Text ?? string.Empty,
            Source = ReadSource(form),
            Splits = ReadFiles(form),
            Map = TaskFile.ReadExpressions(form, "map"),
            KeepIf = TaskFile.ReadConditions(form),
            Slices = TaskFile.ReadSlices(form, required: false),
            Order = TaskFile.ReadOrder(form),
            Hub = ReadHub(form),
            Note = form.TakeScalar("note")?.Text,
            Span = map.Span,
        };
        TaskFile.CheckSplits(form, layout.Splits);
        form.Finish();
        return diagnostics.Count == before ? layout : null;
    }

    private SourceSpec ReadSource(YamlForm form)
    {
        var format = form.TakeChoice("format", SourceFormats.Names);
        if (format is null && form.Take("format") is null) form.Missing("format");

        var pattern = form.TakeScalar("pattern");
        if (pattern is not null && !map.IsIndexed) CheckPattern(form, pattern);

        var columns = form.TakeScalars("columns");
        var record = form.TakeScalars("record");
        var encoding = form.TakeChoice("encoding", Encodings) ?? 0;
        return new SourceSpec
        {
            Format = SourceFormats.All[format ?? 0],
            Columns = columns.Count > 0 ? [.. columns.Select(column => column.Text)] : null,
            Header = form.TakeBoolean("header"),
            Delimiter = TakeCharacter(form, "delimiter"),
            Quote = TakeCharacter(form, "quote"),
            Escape = TakeCharacter(form, "escape"),
            SkipLines = (int)(form.TakeInteger("skip_lines", 0, 1_000_000) ?? 0),
            Encoding = Encodings[encoding],
            Records = form.TakeScalar("records")?.Text,
            Sequence = form.TakeBoolean("sequence") ?? false,
            Pattern = pattern?.Text,
            Repairs = TakeRepairs(form),
            Record = record.Count > 0 ? [.. record.Select(column => column.Text)] : null,
        };
    }

    private static char? TakeCharacter(YamlForm form, string key)
    {
        if (form.TakeScalar(key) is not { } scalar) return null;

        if (scalar.Text == "none") return '\0';

        if (scalar.Text.Length == 1 && char.IsAscii(scalar.Text[0])) return scalar.Text[0];

        form.Error(YamlCodes.WrongType, $"'{key}' is one ASCII character or none, found '{scalar.Text}'.", scalar.Span);
        return null;
    }

    private static void CheckPattern(YamlForm form, YamlScalar pattern)
    {
        try
        {
            _ = new Regex(pattern.Text, RegexOptions.NonBacktracking);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            form.Error(YamlCodes.WrongType, $"'pattern' is not a regular expression that can be used: {exception.Message}", pattern.Span);
        }
    }

    private HubDataset? ReadHub(YamlForm form)
    {
        if (form.TakeMap("hub") is not { } map) return null;

        var hub = new YamlForm(map, "A hub dataset", diagnostics);
        var id = hub.RequireScalar("id");
        if (id is not null && !HubNames.IsId(id.Text))
            hub.Error(TaskCodes.BadName, $"'{id.Text}' is not a dataset of the hub; they are called name or owner/name, of letters, digits, -, _ and . only.", id.Span);
        var dataset = new HubDataset(id?.Text ?? string.Empty, hub.TakeScalar("config")?.Text, hub.TakeScalar("revision")?.Text);
        hub.Finish();
        return dataset;
    }

    private static List<LayoutSplit> ReadFiles(YamlForm form)
    {
        List<LayoutSplit> splits = [];
        if (form.TakeMap("files") is not { } map)
        {
            form.Missing("files");
            return splits;
        }

        foreach (var entry in map.Entries)
        {
            List<LayoutPart> parts = entry.Value is YamlMap columns
                ? [.. columns.Entries.Select(column => new LayoutPart(column.Key.Text, form.Scalars("files", column.Value)))]
                : [new LayoutPart(null, form.Scalars("files", entry.Value))];
            splits.Add(new LayoutSplit(entry.Key.Text, parts));
        }

        return splits;
    }
}
