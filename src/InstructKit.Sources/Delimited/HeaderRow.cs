using System.Globalization;
using InstructKit.Cells;
using InstructKit.Sources.Json;

namespace InstructKit.Sources.Delimited;

/// <summary>The columns of one delimited file, and which of them a reader was asked for.</summary>
internal sealed class HeaderRow
{
    private readonly int[] _fields;
    private readonly byte[][] _quotedNames;
    private readonly int _wholeColumn = -1;

    private HeaderRow(IReadOnlyList<string> names, IReadOnlyList<string> columns)
    {
        Names = names;
        _fields = new int[columns.Count];
        for (var i = 0; i < columns.Count; i++)
        {
            _fields[i] = ColumnNames.IndexOf(names, columns[i]);
            _wholeColumn = _fields[i] < 0 && columns[i] == "row" ? i : _wholeColumn;
        }

        _quotedNames = _wholeColumn < 0 ? [] : [.. names.Select(Quoted)];
    }

    /// <summary>Names of all fields, in file order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>True when <see cref="Fill"/> uses the field.</summary>
    public bool IsWanted(int field) => _wholeColumn >= 0 || _fields.AsSpan().Contains(field);

    /// <summary>Checks the names of a file's fields: none empty, none twice, none over several lines of an old Macintosh.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">A name is empty, repeated or has a carriage return, or there are too many.</exception>
    public static HeaderRow Create(IReadOnlyList<string> names, IReadOnlyList<string> columns, string file, SourceLimits limits)
    {
        if (names.Count > limits.MaxColumns)
        {
            throw SourceError.At(
                SourceCodes.LimitExceeded, file, 1, 0, string.Create(CultureInfo.InvariantCulture, $"{names.Count} columns, more than {limits.MaxColumns} (--max-columns)"));
        }

        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i].Length == 0)
            {
                throw SourceError.At(
                    SourceCodes.BadHeader, file, 1, 0, string.Create(CultureInfo.InvariantCulture, $"column {i + 1} of the header has no name; give `columns:` if the file has no header"));
            }

            if (names[i].Contains('\r', StringComparison.Ordinal))
            {
                throw SourceError.At(
                    SourceCodes.BadHeader,
                    file,
                    1,
                    0,
                    string.Create(CultureInfo.InvariantCulture, $"column {i + 1} of the header has a carriage return in its name; lines end in LF or CRLF, not in CR alone"));
            }

            if (!seen.TryAdd(names[i], i))
            {
                throw SourceError.At(
                    SourceCodes.BadHeader,
                    file,
                    1,
                    0,
                    string.Create(CultureInfo.InvariantCulture, $"columns {seen[names[i]] + 1} and {i + 1} of the header are both named '{names[i]}'; give `columns:` if the file has no header"));
            }
        }

        return new HeaderRow(names, columns);
    }

    /// <summary>Fills in the cells of a row from the slices of its fields.</summary>
    public void Fill(RowBatch batch, Span<Cell> row, ReadOnlySpan<Cell> fields)
    {
        for (var i = 0; i < _fields.Length; i++)
        {
            if (_fields[i] >= 0) row[i] = fields[_fields[i]];
        }

        if (_wholeColumn >= 0) row[_wholeColumn] = Whole(batch, fields);
    }

    private static byte[] Quoted(string name)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(name);
        var target = new byte[(bytes.Length * 6) + 2];
        return target[..JsonText.Quote(bytes, target)];
    }

    private Cell Whole(RowBatch batch, ReadOnlySpan<Cell> fields)
    {
        var start = batch.Used;
        for (var i = 0; i < _quotedNames.Length; i++)
        {
            batch.Append(i == 0 ? "{"u8 : ","u8);
            batch.Append(_quotedNames[i]);
            batch.Append(":"u8);
            batch.Reserve(checked((fields[i].Length * 6) + 2));
            batch.Append(JsonText.Quote(batch.Bytes(fields[i]), batch.Buffer.AsSpan(batch.Used)));
        }

        batch.Append("}"u8);
        return new Cell(CellKind.Json, start, batch.Used - start);
    }
}
