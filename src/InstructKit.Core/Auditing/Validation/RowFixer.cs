using System.Buffers;
using InstructKit.Formats.Consumers;
using InstructKit.Sources;
using InstructKit.Sources.Files;

namespace InstructKit.Auditing.Validation;

/// <summary>What was fixed.</summary>
/// <param name="Files">Files written.</param>
/// <param name="Rows">Rows written.</param>
/// <param name="NullKeys">Keys with the value null that were removed.</param>
/// <param name="Ordered">Rows whose keys were reordered to match the first row.</param>
/// <param name="BlankLines">Blank lines that were removed.</param>
/// <param name="Marks">Byte-order marks that were removed.</param>
internal sealed record FixReport(int Files, long Rows, long NullKeys, long Ordered, long BlankLines, long Marks)
{
    /// <summary>The counts in one line.</summary>
    public string Summary(string target) => string.Create(
        CultureInfo.InvariantCulture,
        $"Wrote {target}: {Rows:N0} {(Rows == 1 ? "row" : "rows")}; left out {NullKeys:N0} null keys, {BlankLines:N0} blank lines and {Marks} byte-order {(Marks == 1 ? "mark" : "marks")}; ordered the keys of {Ordered:N0} {(Ordered == 1 ? "row" : "rows")}.");
}

/// <summary>
/// Rewrites JSON Lines without what can be safely removed: byte-order marks, blank lines, top-level keys that are null (a table of the rows has the same
/// values), and with the keys of every row in the order of the first row that has them. Values are copied byte for byte; invalid rows are copied whole.
/// </summary>
internal sealed class RowFixer(SourceLimits limits)
{
    private readonly List<byte[]> _order = [];
    private long _rows;
    private long _nullKeys;
    private long _ordered;
    private long _blank;
    private long _marks;

    /// <summary>Writes the files.</summary>
    /// <param name="inputs">Files and folders.</param>
    /// <param name="target">A file if there is one input file, otherwise a folder; must not exist yet.</param>
    /// <param name="cancel">Cancels the work.</param>
    /// <exception cref="DiagnosticException">The target exists (IK4002), an input is not a JSON Lines file (IK3020), or writing fails.</exception>
    public FixReport Run(IReadOnlyList<string> inputs, string target, CancellationToken cancel)
    {
        if (Path.Exists(target)) throw new DiagnosticException(new Diagnostic(SinkCodes.FolderNotEmpty, Severity.Error, $"'{VisibleText.Of(target)}' already exists; --fix never overwrites anything."));

        var files = ValidationInputs.Expand(inputs, static (_, _) => { });
        var feed = new RowFeed(limits);
        foreach (var file in files)
        {
            if (file.File is not { } source || feed.FormOf(source, isTabSeparated: false) != RowForm.Lines)
                throw new DiagnosticException(new Diagnostic(SourceCodes.UnsupportedFormat, Severity.Error, $"{VisibleText.Of(file.Name)}: --fix only fixes JSON Lines files."));
        }

        var isFile = files.Count == 1 && !Directory.Exists(inputs[0]);
        foreach (var file in files)
        {
            var source = file.File!; // checked above
            var path = isFile ? Path.GetFullPath(target) : Path.GetFullPath(Path.Combine(target, ValidationInputs.Bare(RelativeOf(source, inputs))));
            var folder = Path.GetDirectoryName(path)!; // a full path of a file
            Directory.CreateDirectory(folder);
            using var output = new OutputFile(folder, Path.GetFileName(path));
            using (var writer = new Writer(this, file.Name, output, new JsonTape(limits)))
            {
                feed.Read(source, RowForm.Lines, writer, cancel);
                writer.Flush();
            }

            output.Finish();
            output.Publish(Path.GetFileName(path));
        }

        // Files that name and describe the data belong to it.
        foreach (var folder in isFile ? [] : inputs.Where(Directory.Exists))
        {
            foreach (var name in (ReadOnlySpan<string>)["README.md", "dataset_info.json"])
            {
                if (File.Exists(Path.Combine(folder, name)) && !File.Exists(Path.Combine(target, name))) File.Copy(Path.Combine(folder, name), Path.Combine(target, name));
            }
        }

        return new FixReport(files.Count, _rows, _nullKeys, _ordered, _blank, _marks);
    }

    private static string RelativeOf(SourceFile file, IReadOnlyList<string> inputs)
    {
        foreach (var input in inputs)
        {
            var root = Path.TrimEndingDirectorySeparator(input);
            if (Directory.Exists(input) && file.Name.StartsWith(root + "/", StringComparison.Ordinal)) return file.Name[(root.Length + 1)..];
        }

        return Path.GetFileName(file.Name);
    }

    private sealed class Writer(RowFixer fixer, string name, OutputFile output, JsonTape tape) : IRowTaker, IDisposable
    {
        private const int FlushBytes = 1 << 20;

        private readonly ArrayBufferWriter<byte> _text = new(FlushBytes);
        private readonly List<JsonNode> _members = [];
        private int _pending;

        public void Row(byte[] buffer, int start, int length, RowPlace place)
        {
            fixer._rows++;
            var text = buffer.AsSpan(start, length).TrimEnd((byte)'\r');
            if (!tape.Read(buffer, start, text.Length) || !tape.Root.IsObject || !Members(tape.Root))
            {
                _text.Write(text);
            }
            else
            {
                _text.Write("{"u8);
                for (var i = 0; i < _members.Count; i++)
                {
                    if (i > 0) _text.Write(", "u8);
                    _text.Write("\""u8);
                    _text.Write(_members[i].Key);
                    _text.Write("\": "u8);
                    var quote = _members[i].IsText ? "\""u8 : [];
                    _text.Write(quote);
                    _text.Write(_members[i].Bytes);
                    _text.Write(quote);
                }

                _text.Write("}"u8);
            }

            _text.Write("\n"u8);
            _pending++;
            if (_text.WrittenCount >= FlushBytes) Flush();
        }

        public void Blank(long line) => fixer._blank++;

        public void Broken(string code, string message, long line, int column) =>
            throw SourceError.At(code, name, line, Math.Max(0, column), $"{message}; --fix cannot copy such a row");

        public void ByteOrderMark() => fixer._marks++;

        public void Flush()
        {
            output.Write(_text.WrittenSpan, _pending);
            _text.ResetWrittenCount();
            _pending = 0;
        }

        public void Dispose() => _text.Clear();

        // The members in the order of earlier rows; false if nothing needs to change.
        private bool Members(JsonNode row)
        {
            _members.Clear();
            var nulls = 0;
            foreach (var member in row)
            {
                if (member.Kind == JsonKind.Null) nulls++;
                else _members.Add(member);
            }

            fixer._nullKeys += nulls;
            var last = -1;
            var isOrdered = true;
            foreach (var member in _members)
            {
                var place = PlaceOf(member);
                isOrdered &= place > last;
                last = place;
            }

            if (!isOrdered)
            {
                fixer._ordered++;
                _members.Sort((one, other) => PlaceOf(one).CompareTo(PlaceOf(other)));
            }

            return nulls > 0 || !isOrdered;
        }

        private int PlaceOf(JsonNode member)
        {
            for (var i = 0; i < fixer._order.Count; i++)
            {
                if (member.Key.SequenceEqual(fixer._order[i])) return i;
            }

            fixer._order.Add(member.Key.ToArray());
            return fixer._order.Count - 1;
        }
    }
}
