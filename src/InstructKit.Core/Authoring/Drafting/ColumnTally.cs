using InstructKit.Tasks;
using InstructKit.Templating.Values;

namespace InstructKit.Authoring.Drafting;

/// <summary>Collects statistics on a column's cells as rows are read.</summary>
internal sealed class ColumnTally(string source)
{
    /// <summary>A column with more distinct values is not a label.</summary>
    private const int MaxValues = 64;

    private static readonly string[] IdentifierNames = ["id", "idx", "index", "guid", "uid", "uuid", "pairid", "qid", "no", "number"];

    private readonly HashSet<string> _values = new(StringComparer.Ordinal);
    private bool _many;
    private long _rows;
    private long _empty;
    private long _bytes;
    private long _texts;
    private long _integers;
    private long _floats;
    private long _booleans;
    private long _lists;
    private long _objects;
    private long _absent;
    private long _typed;
    private CellShape? _shape;
    private readonly Dictionary<CellShape, long> _transcripts = [];
    private CellShape? _messages;
    private long _messageTexts;
    private bool _otherElements;
    private bool _hollow;
    private bool _blank;
    private IReadOnlyList<string>? _parts;

    /// <summary>Values that are missing, null, empty or a negative number: the forms of a missing label.</summary>
    public long Unlabelled { get; private set; }

    /// <summary>Negative numbers among the values.</summary>
    public long Negative { get; private set; }

    /// <summary>Rows counted.</summary>
    public long Rows => _rows;

    /// <summary>Adds a cell.</summary>
    /// <param name="isSampled">False for a row between the sampled ones, of which only absence and the value are recorded.</param>
    public void Add(RowBatch batch, Cell cell, bool isSampled = true)
    {
        _rows++;
        if (cell.Kind is CellKind.Missing or CellKind.Null)
        {
            _absent++;
            Unlabelled++;
            return;
        }

        // The first value of a column is examined wherever it occurs.
        isSampled |= _typed == 0;
        var bytes = batch.Bytes(cell);
        if (cell.Kind is not (CellKind.Json or CellKind.True or CellKind.False) && (bytes.IsEmpty || (bytes is [(byte)'-', >= (byte)'0' and <= (byte)'9', ..] && double.TryParse(bytes, NumberStyles.Float, CultureInfo.InvariantCulture, out _))))
        {
            Unlabelled++;
            Negative += bytes.IsEmpty ? 0 : 1;
            _hollow |= bytes.IsEmpty && !isSampled;
            _blank |= bytes.IsEmpty;
        }

        if (!isSampled)
        {
            if (cell.Kind != CellKind.Json && !_many) Note(Value.FromCell(batch.Buffer, cell).ToString());
            return;
        }

        _typed++;

        _bytes += cell.Length;
        if (cell.Kind == CellKind.Json)
        {
            AddJson(batch, cell);
            return;
        }

        var value = Value.FromCell(batch.Buffer, cell);
        var text = value.ToString();
        Note(text);
        switch (cell.Kind)
        {
            case CellKind.True or CellKind.False: _booleans++; break;
            case CellKind.Integer: _integers++; break;
            case CellKind.Float: _floats++; break;
            case var _ when text.Length == 0: _empty++; break;
            default: AddText(text); break;
        }
    }

    /// <summary>The profile.</summary>
    /// <param name="name">The task's name for the column.</param>
    /// <param name="isDelimited">True when the file has only text, so digits are numbers.</param>
    public ColumnProfile Profile(string name, bool isDelimited)
    {
        var type = TypeOf(isDelimited);
        var values = _many || _values.Count == 0 || _values.Count * 2 > _rows ? null : Ordered(type);
        var words = source.ToLowerInvariant();
        var isIdentifier = type is ColumnType.Int or ColumnType.String && (_many || _values.Count == _rows)
            && (Array.IndexOf(IdentifierNames, words) >= 0 || words.EndsWith("_id", StringComparison.Ordinal) || words.EndsWith(" id", StringComparison.Ordinal));
        var nullable = _absent > 0 || ((_empty > 0 || _hollow) && type is ColumnType.Int or ColumnType.Float or ColumnType.Bool);
        return new ColumnProfile(source, name, type, nullable, values, _lists > 0 && !_otherElements, isIdentifier, _typed == 0 ? 0 : (double)_bytes / _typed)
        {
            Shape = _shape ?? (type != ColumnType.String ? null : _messageTexts > 0 && _messageTexts == _texts ? _messages : _transcripts.FirstOrDefault(pair => pair.Value * 10 >= _texts * 9).Key) ?? new CellShape(ShapeKind.None),
            HasNegative = Negative > 0,
            HasBlank = _blank,
            Rows = _rows,
            Parts = _objects == _typed ? _parts ?? [] : [],
        };
    }

    private ColumnType TypeOf(bool isDelimited)
    {
        var present = _typed;
        if (present == 0) return ColumnType.Any;

        if (_lists == present) return ColumnType.List;

        if (_objects == present) return ColumnType.Object;

        if (_lists + _objects > 0) return ColumnType.Any;

        // In JSON "3" is a text; a delimited file has only text.
        var filled = present - _empty;
        if (filled > 0 && (isDelimited || _texts + _empty == 0))
        {
            if (_booleans == filled) return ColumnType.Bool;

            if (_integers == filled) return ColumnType.Int;

            if (_integers + _floats == filled) return ColumnType.Float;
        }

        return ColumnType.String;
    }

    // In a delimited file a text may encode another type, so both are counted.
    private void AddText(string text)
    {
        _texts++;
        if (CellShape.OfJson(text) is { } messages) (_messages, _messageTexts) = (_messages is null ? messages : CellShape.Both(_messages, messages), _messageTexts + 1);
        else if (CellShape.OfText(text) is { } transcript) _transcripts[transcript] = _transcripts.GetValueOrDefault(transcript) + 1;

        if (text is "true" or "false" or "True" or "False")
            _booleans++;
        else if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) && integer.ToString(CultureInfo.InvariantCulture) == text)
            _integers++;
        else if (IsDecimal(text))
            _floats++;
    }

    // 007 is a code, not a number.
    private static bool IsDecimal(string text) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number)
        && text.TrimStart('-') is [not '0', ..] or ['0', '.', ..];

    private void AddJson(RowBatch batch, Cell cell)
    {
        var value = Value.FromCell(batch.Buffer, cell);
        if (CellShape.Of(value) is { } shape) _shape = _shape is null ? shape : CellShape.Both(_shape, shape);

        if (value.Kind != ValueKind.List)
        {
            _objects++;
            _parts = CellShape.TextsOf(value, _parts);
            return;
        }

        _lists++;
        for (var i = 0; i < value.Count; i++) _otherElements |= value[i].Kind != ValueKind.Text;
    }

    private void Note(string text)
    {
        if (!_many && text.Length > 0 && _values.Add(text) && _values.Count > MaxValues) _many = true;
    }

    private List<string> Ordered(ColumnType type) => type is ColumnType.Int or ColumnType.Float
        ? [.. _values.OrderBy(value => double.Parse(value, CultureInfo.InvariantCulture)).ThenBy(value => value, StringComparer.Ordinal)]
        : [.. _values.Order(StringComparer.Ordinal)];
}
