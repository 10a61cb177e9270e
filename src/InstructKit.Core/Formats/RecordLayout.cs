using InstructKit.Examples;

namespace InstructKit.Formats;

/// <summary>The columns of one split in one format: those of the format, scoring columns of scored splits, provenance, and carried columns, as far
/// as requested. The schema and the values come from one list, so they cannot disagree.</summary>
public sealed class RecordLayout
{
    private readonly ColumnValue[] _writes;
    private TurnForm _form;
    private bool _hasTools;
    private bool _hasImages;

    private RecordLayout(IReadOnlyList<FormatColumn> columns)
    {
        Schema = new RecordSchema([.. columns.Select(column => column.Column)]);
        NeedsAnswers = columns.Any(column => column.NeedsAnswers);
        _writes = WritesOf(columns);
    }

    /// <summary>A layout of exactly these columns.</summary>
    internal static RecordLayout Of(IReadOnlyList<FormatColumn> columns) => new(columns);

    /// <summary>A layout of one column with an example's tokens as seen by a trainer.</summary>
    internal static RecordLayout OfTokens(ExampleFormat format, FormatSettings settings)
    {
        var isRendered = settings.ChatTemplate is not null && format.Shape == TextShape.Turns || IsText(format, settings);
        var column = new FormatColumn(new Column("tokens", ColumnType.Json), static (in example, record) => record.Json(example.Tokens));
        return new RecordLayout([column]) { _form = FormOf(format, isRendered), _hasTools = isRendered };
    }

    private static bool IsText(ExampleFormat format, FormatSettings settings) => format is TextFormat && settings.ChatTemplate is not null;

    private static TurnForm FormOf(ExampleFormat format, bool isRendered) => isRendered ? TurnForm.Rendered : format.Turns is null ? TurnForm.Flat : TurnForm.Turns;

    /// <summary>The columns.</summary>
    public RecordSchema Schema { get; }

    /// <summary>True when options and answers must be computed.</summary>
    public bool NeedsAnswers { get; }

    /// <summary>All columns that a format can have in a split, before any are omitted.</summary>
    public static IReadOnlyList<FormatColumn> ColumnsOf(ExampleFormat format, FormatSettings settings, bool scored)
    {
        IEnumerable<FormatColumn> columns = format.Columns(settings);
        if (format.TakesMoreColumns) columns = [.. columns, .. CommonColumns.Scoring, .. CommonColumns.Provenance, .. TraceColumns.Of(settings.Traces), .. CommonColumns.Lengths(settings.LengthUnit), .. CommonColumns.Carried(settings.Carried)];
        return [.. columns.Where(column => scored || !column.IsScoredOnly).DistinctBy(column => column.Column.Name, StringComparer.Ordinal)];
    }

    /// <summary>The columns of a split.</summary>
    /// <param name="format">The format.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="scored">True for held-out splits, whose examples carry options and answers.</param>
    public static RecordLayout Of(ExampleFormat format, FormatSettings settings, bool scored)
    {
        var columns = ColumnsOf(format, settings, scored);
        if (settings.Columns is { } wanted) columns = [.. wanted.Select(name => columns.FirstOrDefault(column => column.Column.Name == name)).OfType<FormatColumn>()];
        var left = columns.Where(column => !settings.Drop.Contains(column.Column.Name, StringComparer.Ordinal)).ToList();
        var isText = IsText(format, settings);
        return new RecordLayout(left)
        {
            _form = FormOf(format, isText),
            _hasTools = isText || left.Exists(column => column.Column.Name == "tools"),
            _hasImages = left.Exists(column => column.Column.Name == "images"),
        };
    }

    /// <summary>Writes an example: one value for every column of <see cref="Schema"/>, in order.</summary>
    public void Write(in Example example, RecordWriter record)
    {
        foreach (var write in _writes) write(in example, record);
        if (example.Conversation is { } turns) record.Losses |= turns.LossesIn(_form, _hasTools, _hasImages);
    }

    // Adjacent columns shared by an origin's examples are written together; writers allow this in one position only, so the longest such run is chosen.
    private static ColumnValue[] WritesOf(IReadOnlyList<FormatColumn> columns)
    {
        var (from, length) = (0, 0);
        for (var i = 0; i < columns.Count; i++)
        {
            var run = columns.Skip(i).TakeWhile(column => column.Shared is not null).Count();
            if (run > length) (from, length) = (i, run);
        }

        Action<RecordWriter, ExampleOrigin>[] shared = [.. columns.Skip(from).Take(length).Select(column => column.Shared!)]; // each column of the run has one
        Action<RecordWriter, ExampleOrigin> all = (record, origin) =>
        {
            foreach (var write in shared) write(record, origin);
        };
        ColumnValue[] together = length > 0 ? [(in example, record) => record.Shared(example.Origin, all)] : [];
        return [.. columns.Take(from).Select(column => column.Write), .. together, .. columns.Skip(from + length).Select(column => column.Write)];
    }
}
