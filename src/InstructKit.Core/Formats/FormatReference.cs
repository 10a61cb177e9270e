using System.Text.Json;
using InstructKit.Examples;

namespace InstructKit.Formats;

/// <summary>Describes the formats from their columns: the reference page, the table of README.md and the JSON of <c>schema format</c>.</summary>
internal static class FormatReference
{
    /// <summary>The page docs/formats.md.</summary>
    public static string Page()
    {
        var page = new StringBuilder();
        page.Append("# Formats\n\n<!-- Written by `instructkit schema format --markdown`; a test compares it with the tool. -->\n\n");
        page.Append("`--format NAME` is the shape of an example, `--also NAME` writes the same examples in further shapes, each in `also/NAME`. The columns of a split are the same in every row, file and container; ");
        page.Append("`README.md` in the output folder declares them for Hugging Face `datasets`.\n\n");
        page.Append("## Columns of every format that takes more than its own\n\n");
        AppendTable(page, [.. CommonColumns.Scoring, .. CommonColumns.Provenance, .. TraceColumns.Of(Traces.Variant | Traces.Layout), .. CommonColumns.Lengths("tokens")]);
        page.Append("\nThose of *scored* splits are in `test`, `held_out` and `held_out_validation`; `variant` and `options_layout` are there where they differ between rows, lengths with `--tokenizer` (in words, `input_words` and `target_words`, with `--lengths words`). `--with` adds columns of the tasks, `--columns` and `--drop` choose.\n");
        foreach (var format in ExampleFormats.All)
        {
            page.Append($"\n## {format.Name}\n\n{Sentence(format.Description)}");
            if (format.Containers.Count > 0) page.Append($" Stored as {Names(format.Containers)}.");
            if (format.FileOf("train") is { } file) page.Append($" The training split is one file, `{file}`.");
            if (format.HasSystem) page.Append(" `--system` adds a system text.");
            page.Append(format.TakesMoreColumns ? " Takes more columns.\n\n" : " Takes no other columns.\n\n");
            AppendTable(page, format.Columns(FormatSettings.Default));
        }

        page.Append("\n## Packed sequences\n\n`--pack N` writes training and validation examples of any format that holds whole examples as sequences of up to N tokens, in these columns and no others.\n\n");
        AppendTable(page, [.. CommonColumns.Sequence.Select(column => new FormatColumn(column, static (in example, record) => record.Null()))]);
        AppendTurns(page);
        return page.ToString();
    }

    private static void AppendTurns(StringBuilder page)
    {
        page.Append("\n## Conversations\n\nA task whose file says `conversation:` ([templates/README.md](../templates/README.md#conversations)) has conversations as rows; they become examples as they are. ");
        page.Append("Formats with turns have these columns for them; fields beside role and text are there where some task of the build says that its turns have such things, and null in other turns (left out by `openai`). ");
        page.Append("`tool_calls`, `tools`, `images` and contents with parts are the bytes of the source, in Parquet JSON documents, in the card features of type `json`.\n\n");
        page.Append("| format | columns | reasoning | marks of trained turns |\n|---|---|---|---|\n");
        foreach (var format in ExampleFormats.All.Where(format => format.Turns is not null))
        {
            var turns = format.Turns!; // as asked
            var settings = new FormatSettings { Turns = new TurnSettings { HasConversations = true, HasTools = true, HasImages = true, Has = Tasks.TurnParts.Reasoning | Tasks.TurnParts.ToolCalls | Tasks.TurnParts.Names | Tasks.TurnParts.Parts } };
            var columns = format.Columns(settings).Where(column => column.Column.Name is "tools" or "images" || (column.Column.Type == ColumnType.Object && (column.Column.Fields ?? []).Any(field => field.Name is "role" or "from" or "input")));
            var marks = turns.Marks.Count == 0 || format.IsVerified ? "none" : string.Join(", ", turns.Marks.Select(mark => mark == turns.OwnMark ? $"`{mark}` (default)" : $"`{mark}`"));
            page.Append($"| `{format.Name}` | {string.Join("; ", columns.Select(column => $"`{column.Column.Name}`: {TypeOf(column.Column)}"))} | {string.Join(", ", turns.Reasoning.Select(form => $"`{FormNames[(int)form]}`"))} | {marks} |\n");
        }

        page.Append("\n`--reasoning` chooses the place (the first is the default where turns have reasoning), `--turn-marks` the key, `--train-turns` the turns of the model that are trained on, `--reasoning-history` what becomes of reasoning before the last question. ");
        page.Append("`sharegpt` and `llama-factory` have calls as turns of `function_call` and results as turns of `observation`. In prompts (`verl`, `rlvr`, `nemo-gym`) calls are part of the text. ");
        page.Append("With a chat template the format `text` renders turns, reasoning, calls and tools, and `trained` has the spans of the trained turns.\n\n");
        page.Append("In all other formats the model's last turn is the target, with its reasoning in think tags; what was said before is the input: a single question as it is, several turns under `User: `, `Assistant: `, `Tool: `, a system text above them. ");
        page.Append("What a format does not hold is counted, in the manifest as `lost`:\n\n| loss | meaning |\n|---|---|\n");
        foreach (var (name, text) in ExampleLosses.All) page.Append($"| `{name}` | {text} |\n");
    }

    private static readonly string[] FormNames = ["inline", "reasoning_content", "thinking", "drop"];

    /// <summary>The table of README.md.</summary>
    public static string Table()
    {
        var table = new StringBuilder("| format | own columns | for |\n|---|---|---|\n");
        foreach (var format in ExampleFormats.All)
            table.Append($"| `{format.Name}` | {string.Join(", ", format.Columns(FormatSettings.Default).Select(column => $"`{column.Column.Name}`"))} | {format.Description} |\n");

        return table.ToString();
    }

    /// <summary>Writes the formats as JSON: a member <c>formats</c>.</summary>
    public static void Write(Utf8JsonWriter json) => json.Objects("formats", ExampleFormats.All, format => json
        .Put("name", format.Name).Put("description", format.Description).Put("containers", format.Containers).Put("more_columns", format.TakesMoreColumns).Put("system", format.HasSystem)
        .Put("own", format.Columns(FormatSettings.Default).Select(column => column.Column.Name))
        .Objects("columns", RecordLayout.ColumnsOf(format, FormatSettings.Default, scored: true), column => Write(json, column.Column, column.IsScoredOnly)));

    private static void Write(Utf8JsonWriter json, Column column, bool scoredOnly)
    {
        json.Put("name", column.Name).Put("type", TypeOf(column with { IsList = false })).Put("list", column.IsList);
        if (scoredOnly) json.Put("scored_only", true);
        json.Put("meaning", column.Meaning);
        if (column.Fields is { } fields) json.Objects("fields", fields, field => Write(json, field, scoredOnly: false));
    }

    private static void AppendTable(StringBuilder page, IReadOnlyList<FormatColumn> columns)
    {
        page.Append("| column | type | meaning |\n|---|---|---|\n");
        foreach (var column in columns)
            page.Append($"| `{column.Column.Name}` | {TypeOf(column.Column)} | {column.Column.Meaning}{(column.IsScoredOnly ? "; scored splits" : string.Empty)} |\n");
    }

    private static string TypeOf(Column column)
    {
        var one = column.Type switch
        {
            ColumnType.Integer => "int64",
            ColumnType.Number => "float64",
            ColumnType.Boolean => "bool",
            ColumnType.Json => "json",
            ColumnType.Object => $"{{{string.Join(", ", column.Fields!.Select(field => $"{field.Name}: {TypeOf(field)}"))}}}", // an object has some
            _ => "string",
        };
        return column.IsList ? $"list of {one}" : one;
    }

    private static string Names(IReadOnlyList<string> names) => string.Join(", ", names.Select(name => $"`{name}`"));

    private static string Sentence(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}.";
}
