namespace InstructKit.Formats.Consumers;

/// <summary>A reader of rows, and its requirements.</summary>
/// <param name="Name">Name on the command line, such as <c>trl-sft</c>.</param>
/// <param name="What">Description of the reader, one line.</param>
/// <param name="Source">File and function from which most of its rules come.</param>
internal sealed record Consumer(string Name, string What, string Source)
{
    /// <summary>The shape of a row.</summary>
    public required Shape Row { get; init; }

    /// <summary>Creates the rules across rows, for every run.</summary>
    public Func<IReadOnlyList<DatasetRule>> Rules { get; init; } = static () => [];

    /// <summary>True when all splits of a configuration form one table.</summary>
    public bool IsOneTable { get; init; }

    /// <summary>Extensions that it opens, without compression; any when empty.</summary>
    public IReadOnlyList<string> Extensions { get; init; } = [];

    /// <summary>Extensions of compression that it opens.</summary>
    public IReadOnlyList<string> Compressions { get; init; } = [".gz", ".zst", ".bz2", ".xz"];

    /// <summary>False when a file that is one JSON array is not accepted.</summary>
    public bool TakesArrays { get; init; } = true;

    /// <summary>True when an array of strings is also accepted: as rows with the single column <c>text</c>.</summary>
    public bool TakesTexts { get; init; }

    /// <summary>Severity of a blank line between rows.</summary>
    public Severity BlankLines { get; init; } = Severity.Warning;

    /// <summary>The shape of a line of tab-separated fields, for a consumer that reads those instead of JSON.</summary>
    public LineRule? Line { get; init; }

    /// <summary>True when every file is a separate dataset; otherwise the files of a split form one.</summary>
    public bool RulesPerFile { get; init; }

    /// <summary>Names of files that it looks for in a folder, the first of which is required; empty if names do not matter.</summary>
    public IReadOnlyList<string> FileNames { get; init; } = [];

    /// <summary>Columns that identify an example, as far as a row has them.</summary>
    public IReadOnlyList<string> Identity { get; init; } = [];

    /// <summary>Severity of a byte-order mark: an error if it becomes part of the first row.</summary>
    public Severity ByteOrderMark { get; init; } = Severity.Warning;

    /// <summary>Maximum size of a file in one upload, and by another method.</summary>
    public (long Usual, long Most) FileBytes { get; init; } = (long.MaxValue, long.MaxValue);
}

/// <summary>Checks a line of text, without its line feed.</summary>
internal delegate void LineRule(RowCheck check, ReadOnlySpan<byte> line);

/// <summary>All consumers. To add one: one file next to this one, one line here.</summary>
internal static class ConsumerTable
{
    /// <summary>The consumers, in listing order.</summary>
    public static IReadOnlyList<Consumer> All { get; } =
    [
        TrlSft.Consumer,
        TrlPreference.Consumer,
        TrlKto.Consumer,
        TrlPrompt.Consumer,
        TrlStepwise.Consumer,
        AxolotlChat.Consumer,
        AxolotlAlpaca.Consumer,
        AxolotlCompletion.Consumer,
        AxolotlInputOutput.Consumer,
        LlamaFactoryAlpaca.Consumer,
        LlamaFactorySharegpt.Consumer,
        LlamaFactoryRanking.Consumer,
        LlamaFactoryKto.Consumer,
        OpenAiChat.Consumer,
        OpenAiPreference.Consumer,
        Nemo.Consumer,
        MegatronText.Consumer,
        T5Tsv.Consumer,
        Flan.Consumer,
        HfDatasets.Consumer,
        LmEval.Consumer,
        Verl.Consumer,
        Rlvr.Consumer,
        NemoGym.Consumer,
    ];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(consumer => consumer.Name)];

    /// <summary>The consumer of a name; null if there is none.</summary>
    public static Consumer? Find(string name) => All.FirstOrDefault(consumer => consumer.Name == name);
}

/// <summary>A rule across rows. It sees the rows of a split in order.</summary>
internal abstract class DatasetRule
{
    /// <summary>The rule's own file and function; null for the consumer's.</summary>
    public string? Source { get; init; }

    /// <summary>Checks a row, which is an object.</summary>
    /// <param name="check">Receives findings.</param>
    /// <param name="row">The row.</param>
    /// <param name="bytesBefore">Bytes of its file before it.</param>
    public abstract void Row(RowCheck check, JsonNode row, long bytesBefore);

    /// <summary>Called after the last row.</summary>
    public virtual void End(RowCheck check)
    {
    }
}

/// <summary>The first row determines the kind of the data; a row of another kind is an error.</summary>
/// <param name="kindOf">The kind of a row in a few words; null if it has none, which other rules report.</param>
internal sealed class OneKind(Func<JsonNode, string?> kindOf) : DatasetRule
{
    private string? _first;
    private long _row;

    public override void Row(RowCheck check, JsonNode row, long bytesBefore)
    {
        _row++;
        var kind = kindOf(row);
        if (_first is null) _first = kind;
        else if (kind is not null && !ReferenceEquals(kind, _first) && kind != _first)
            check.Error(ConsumerCodes.MixedKinds, row, $"this row is {kind}, the data begins with {_first}: the first row decides for all");
    }
}

/// <summary>The data has a minimum number of rows.</summary>
/// <param name="least">The minimum.</param>
internal sealed class LeastRows(int least) : DatasetRule
{
    private long _rows;

    public override void Row(RowCheck check, JsonNode row, long bytesBefore) => _rows++;

    public override void End(RowCheck check)
    {
        if (_rows < least)
            check.Whole(ConsumerCodes.TooFewRows, Severity.Error, string.Create(CultureInfo.InvariantCulture, $"the data has {_rows} {(_rows == 1 ? "row" : "rows")}, expected at least {least}"));
    }
}

/// <summary>Both labels occur.</summary>
/// <param name="columns">Possible names of the label column.</param>
internal sealed class BothLabels(params string[] columns) : DatasetRule
{
    private readonly byte[][] _columns = [.. columns.Select(Encoding.UTF8.GetBytes)];
    private long _true;
    private long _false;

    public override void Row(RowCheck check, JsonNode row, long bytesBefore)
    {
        foreach (var column in _columns)
        {
            var label = row.Find(column);
            if (label.IsTrue) _true++;
            else if (label.IsBoolean) _false++;
        }
    }

    public override void End(RowCheck check)
    {
        if (_true + _false > 1 && (_true == 0 || _false == 0))
            check.Whole(ConsumerCodes.OneLabel, Severity.Warning, $"all rows are labelled {(_true > 0 ? "true" : "false")}; the loss needs both kinds");
    }
}

/// <summary>The top-level columns keep their types, as one table of all rows requires.</summary>
internal sealed class SteadyColumns : DatasetRule
{
    public SteadyColumns() => Source = "datasets packaged_modules/json/json.py";

    private readonly List<(byte[] Name, JsonKind Kind)> _columns = [];

    public override void Row(RowCheck check, JsonNode row, long bytesBefore)
    {
        foreach (var member in row)
        {
            var kind = Family(member.Kind);
            if (kind == JsonKind.Null) continue;

            var known = -1;
            for (var i = 0; i < _columns.Count && known < 0; i++)
            {
                if (member.Key.SequenceEqual(_columns[i].Name)) known = i;
            }

            if (known < 0) _columns.Add((member.Key.ToArray(), kind));
            else if (_columns[known].Kind != kind)
                check.Warning(ConsumerCodes.SchemaChange, member, $"{member.Path} is {member.Words}, in earlier rows it was {Name(_columns[known].Kind)}: a column has one type");
        }
    }

    internal static JsonKind Family(JsonKind kind) => kind switch
    {
        JsonKind.True => JsonKind.False,
        JsonKind.Float => JsonKind.Integer,
        _ => kind,
    };

    internal static string Name(JsonKind family) => family switch
    {
        JsonKind.False => "true or false",
        JsonKind.Integer => "a number",
        JsonKind.Text => "a string",
        JsonKind.List => "a list",
        _ => "an object",
    };
}
