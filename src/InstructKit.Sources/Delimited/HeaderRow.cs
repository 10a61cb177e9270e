using InstructKit.Sources.Json;

namespace InstructKit.Sources.Delimited;

/// <summary>The columns of one delimited file, and which of them were requested.</summary>
internal sealed class HeaderRow
{
    private readonly int[] _fields;
    private readonly bool[] _isWanted;
    private readonly byte[][] _keys;
    private readonly int _wholeColumn = -1;

    private HeaderRow(IReadOnlyList<string> names, IReadOnlyList<string> columns)
    {
        Names = names;
        Dictionary<string, int> places = new(names.Count, StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++) places[names[i]] = i;

        _fields = new int[columns.Count];
        _isWanted = new bool[names.Count];
        for (var i = 0; i < columns.Count; i++)
        {
            _fields[i] = places.GetValueOrDefault(columns[i], -1);
            if (_fields[i] >= 0) _isWanted[_fields[i]] = true;
            else if (columns[i] is "row" or SourceInput.WholeRecord) _wholeColumn = i;
        }

        _keys = _wholeColumn < 0 ? [] : JsonText.KeysOf(names);
        if (_wholeColumn >= 0) _isWanted.AsSpan().Fill(true);
    }

    /// <summary>The name with which a layout omits a field; it may occur several times.</summary>
    public const string Unnamed = "_";

    /// <summary>Number of lines searched for a header further down.</summary>
    public const int SampleLines = 20;

    /// <summary>Names of all fields, in file order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>True when <see cref="Fill"/> uses the field.</summary>
    public bool IsWanted(int field) => _isWanted[field];

    /// <summary>Checks the names of a file's fields: none empty, none twice, none with a carriage return (classic Mac OS line ends).</summary>
    /// <param name="names">The names, from the header or the layout.</param>
    /// <param name="line">Line of the header.</param>
    /// <param name="limits">Bounds.</param>
    /// <exception cref="Diagnostics.DiagnosticException">A name is empty, repeated or has a carriage return, or there are too many.</exception>
    public static HeaderRow Create(IReadOnlyList<string> names, IReadOnlyList<string> columns, string file, long line, SourceLimits limits)
    {
        if (names.Count > limits.MaxColumns)
        {
            throw SourceError.At(
                SourceCodes.LimitExceeded, file, line, 0, string.Create(CultureInfo.InvariantCulture, $"{names.Count} columns, more than {limits.MaxColumns} (--max-columns)"));
        }

        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            var problem = names[i].Length == 0 ? string.Create(CultureInfo.InvariantCulture, $"column {i + 1} of the header has no name")
                : names[i] == Unnamed || seen.TryAdd(names[i], i) ? null
                : string.Create(CultureInfo.InvariantCulture, $"columns {seen[names[i]] + 1} and {i + 1} of the header are both named '{Diagnostics.VisibleText.Of(names[i])}'");
            if (problem is not null) throw SourceError.At(SourceCodes.BadHeader, file, line, 0, $"{problem}; {Cure(names)}");

            if (names[i].Contains('\r', StringComparison.Ordinal))
            {
                throw SourceError.At(
                    SourceCodes.BadHeader, file, line, 0,
                    string.Create(CultureInfo.InvariantCulture, $"column {i + 1} of the header has a carriage return in its name; lines end in LF or CRLF, not in just CR"));
            }
        }

        return new HeaderRow(names, columns);
    }

    /// <summary>The error for lines above the header, when the first lines of a file indicate them: the first has a different number of fields than those that follow.</summary>
    /// <param name="lines">Line number and number of fields of the first records, that of the header first.</param>
    /// <returns>Null when the lines show no table that begins further down.</returns>
    public static Diagnostics.DiagnosticException? LinesAbove(IReadOnlyList<(long Line, int Fields)> lines, string file)
    {
        if (lines.Count < 3 || lines[0].Fields >= lines[^1].Fields) return null;

        var table = lines.Count - 1;
        while (lines[table - 1].Fields == lines[^1].Fields) table--;

        if (lines.Count - table < 2) return null;

        var fields = lines[0].Fields == 1 ? "1 field" : string.Create(CultureInfo.InvariantCulture, $"{lines[0].Fields} fields");
        return SourceError.At(
            SourceCodes.BadHeader,
            file,
            lines[0].Line,
            0,
            string.Create(
                CultureInfo.InvariantCulture,
                $"line {lines[0].Line} is not of the table: it has {fields}, the lines from {lines[table].Line} on have {lines[^1].Fields}; set `skip_lines: {lines[table].Line - 1}` in the layout if the header is line {lines[table].Line}"));
    }

    /// <summary>Fills in the cells of a row from the slices of its fields.</summary>
    public void Fill(RowBatch batch, Span<Cell> row, ReadOnlySpan<Cell> fields)
    {
        for (var i = 0; i < _fields.Length; i++)
        {
            if (_fields[i] >= 0) row[i] = fields[_fields[i]];
        }

        if (_wholeColumn >= 0) row[_wholeColumn] = JsonText.AppendObject(batch, _keys, fields);
    }

    // Names that a layout can give instead; a thousand of them would not help in a message.
    private static string Cure(IReadOnlyList<string> names)
    {
        const string Otherwise = "or `skip_lines:` if the header is further down";
        if (names.Count > 40) return $"name all columns in the layout with `columns:` together with `header: true`, {Otherwise}";

        HashSet<string> taken = new(StringComparer.Ordinal);
        var given = names.Select(name =>
        {
            if (name.Length == 0) return Unnamed;

            var own = name;
            for (var i = 2; !taken.Add(own); i++) own = string.Create(CultureInfo.InvariantCulture, $"{name}_{i}");

            return own.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-') && !char.IsAsciiDigit(own[0]) && own[0] != '-'
                ? own
                : $"\"{Diagnostics.VisibleText.Of(own).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
        });
        return $"set `columns: [{string.Join(", ", given)}]` together with `header: true` in the layout, {Otherwise}";
    }
}
