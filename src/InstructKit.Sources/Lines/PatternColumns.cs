using System.Text;
using System.Text.RegularExpressions;
using InstructKit.Cells;

namespace InstructKit.Sources.Lines;

/// <summary>Takes a text apart with a regular expression; its named groups are columns.</summary>
internal sealed class PatternColumns
{
    private readonly Regex _regex;
    private readonly int[] _groups;

    /// <summary>Compiles the pattern. It cannot backtrack, so no text makes it slow.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">It is no regular expression of the kind that cannot backtrack.</exception>
    public PatternColumns(string pattern, RegexOptions options, IReadOnlyList<string> columns)
    {
        try
        {
            _regex = new Regex(pattern, options | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            throw SourceError.InSpec($"`pattern:` cannot be used: {failure.Message}");
        }

        Names = [.. _regex.GetGroupNames().Where(name => !char.IsAsciiDigit(name[0]))];
        _groups = [.. columns.Select(column => Names.Contains(column, StringComparer.Ordinal) ? _regex.GroupNumberFromName(column) : -1)];
    }

    /// <summary>Names of the groups, in pattern order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Fills in the cells of the groups that took part in the match. False when the text does not match.</summary>
    public bool Fill(RowBatch batch, Span<Cell> row, int start, int length)
    {
        var text = Encoding.UTF8.GetString(batch.Buffer, start, length);
        var match = _regex.Match(text);
        if (!match.Success) return false;

        for (var i = 0; i < _groups.Length; i++)
        {
            if (_groups[i] >= 0 && match.Groups[_groups[i]] is { Success: true } group)
            {
                // A slice of valid UTF-16 between whole matches may still cut a pair; the cut half is then U+FFFD.
                var target = batch.Reserve(Encoding.UTF8.GetMaxByteCount(group.Length));
                var at = batch.Used;
                batch.Append(Encoding.UTF8.GetBytes(group.ValueSpan, target));
                row[i] = new Cell(CellKind.Text, at, batch.Used - at);
            }
        }

        return true;
    }
}
