using System.Collections;

namespace InstructKit.Sources.Json;

/// <summary>Reads whole JSON documents record by record. Only one element of the outermost array or object on the path is held at a time, unless a
/// column requests the whole document.</summary>
internal sealed class JsonDocumentReader : UnitRowReader
{
    private readonly RecordPath? _given;
    private readonly RecordPath?[] _paths;
    private readonly bool _needsRoot;
    private readonly List<string> _keysSeen = [];
    private JsonCutter? _cutter;
    private string _name = string.Empty;
    private RecordPath _path = RecordPath.Whole;
    private IEnumerator? _walk;
    private RowBatch _batch = null!; // Set by every AppendPiece.
    private List<JsonPiece> _pieces = null!;
    private bool _anyPiece;
    private int _documents;
    private long _firstLine;
    private bool _isSequence;
    private string? _missingKey;

    public static SourceFormat Format { get; } = new(
        "json", input => new JsonDocumentReader(input), JsonColumns.Of)
    {
        Extensions = [".json"],
        RefusesWebPages = true,
    };

    public JsonDocumentReader(SourceInput input)
        : base(input)
    {
        _given = input.Spec.Records is { } records ? RecordPath.Parse(records) : null;
        _paths = new RecordPath?[input.Files.Count];
        _needsRoot = input.Columns.Contains("root", StringComparer.Ordinal);
    }

    private JsonCutter Cutter => _cutter!;

    protected override void OpenFile(int file)
    {
        _name = Input.Files[file].Name;
        _path = _given ?? Discover(file);
        _paths[file] = _path;
        _cutter = NewCutter(file);
        _walk = Walk();
        _anyPiece = false;
        _documents = 0;
        _isSequence = false;
        _missingKey = null;
        _keysSeen.Clear();
        if (Cutter.Peek() < 0) throw Cutter.Wrong("expected a JSON value");
    }

    protected override void CloseFile()
    {
        _cutter?.Dispose();
        _cutter = null;
    }

    protected override RecordWalker CreateWalker(int file) => new(Spec, _paths[file]!, Columns, isXml: false);

    protected override bool AppendPiece(RowBatch batch, List<JsonPiece> pieces)
    {
        (_batch, _pieces) = (batch, pieces);
        return _walk!.MoveNext();
    }

    // Goes through the documents of a file and stops behind every piece that it has appended.
    private IEnumerator Walk()
    {
        while (true)
        {
            var line = Cutter.Line;
            if (Cutter.Peek() < 0) break;

            BeginDocument(line);
            var steps = _path.Steps;
            var isList = Cutter.Peek() == '[' && (steps.IsEmpty || steps[0].Kind != RecordStepKind.Elements);
            if (!isList && (_needsRoot || steps.IsEmpty))
            {
                Piece(0);
                yield return null;
                continue;
            }

            // As far as the path leads by keys alone.
            var (depth, isThere) = (0, true);
            while (!isList && isThere && depth < steps.Length && steps[depth].Kind == RecordStepKind.Key)
            {
                isThere = Descend(steps[depth]);
                depth += isThere ? 1 : 0;
            }

            if (isThere && !isList && depth == steps.Length)
            {
                Piece(depth);
                yield return null;
            }
            else if (isThere && TryEnter(isList ? null : steps[depth], out var close) && !Cutter.TryTake(close))
            {
                var index = 0;
                do
                {
                    if (isList) Piece(0);
                    else Piece(depth + 1, index++, isMember: close == '}');

                    yield return null;
                }
                while (Cutter.HasMore(close));
            }

            CloseAll(depth);
        }

        RefuseMissingKey();
    }

    // Indented objects may follow one another, as tools write them, and others if the layout allows it; anything else after a document is an error.
    private void BeginDocument(long line)
    {
        var isObject = Cutter.Peek() == '{';
        if (_documents++ == 0) (_firstLine, _isSequence) = (Cutter.Line, isObject);
        else if (_documents == 2) _isSequence &= line > _firstLine || Spec.Sequence;

        if (_documents > 1 && !(isObject && _isSequence))
        {
            throw Cutter.Wrong(_documents == 2 && line == _firstLine && Cutter.Line > line && Cutter.Peek() is '{' or '[' && !Spec.Sequence
                ? "text after the document; a file with one JSON value a line is read with `format: jsonl`"
                : "text after the document, expected the end of the file");
        }
    }

    private JsonCutter NewCutter(int file) => new(Opener.Open(Input.Files[file], out var start), _name, Spec, start.Bytes);

    // An object whose only key holds an array of objects is a wrapper around its records. One with more keys is a record, unless `records:` names its list.
    private RecordPath Discover(int file)
    {
        using var cutter = NewCutter(file);
        if (!cutter.TryTake((byte)'{')) return RecordPath.Whole;

        var keys = 0;
        List<string> arrays = [];
        if (!cutter.TryTake((byte)'}'))
        {
            do
            {
                var key = System.Text.Encoding.UTF8.GetString(cutter.Key());
                keys++;
                if (cutter.TryTake((byte)'['))
                {
                    if (cutter.Peek() == '{') arrays.Add(key);

                    if (!cutter.TryTake((byte)']'))
                    {
                        do cutter.SkipValue();
                        while (cutter.HasMore((byte)']'));
                    }
                }
                else
                {
                    cutter.SkipValue();
                }
            }
            while (cutter.HasMore((byte)'}'));
        }

        return arrays is [var only] && keys == 1 && cutter.Peek() < 0
            ? new RecordPath([new RecordStep(RecordStepKind.Key, only), new RecordStep(RecordStepKind.Elements, only)])
            : RecordPath.Whole;
    }

    // Goes to the value of a key; false when the object has none.
    private bool Descend(RecordStep step)
    {
        if (!Cutter.TryTake((byte)'{'))
            throw SourceError.At(SourceCodes.UnexpectedType, _name, Cutter.Line, Cutter.Character, $"expected an object with the key '{step.Name}' on the path to the records");

        if (!Cutter.TryTake((byte)'}'))
        {
            do
            {
                var key = Cutter.Key();
                if (key.SequenceEqual(step.Utf8)) return true;

                if (_keysSeen.Count < 100) _keysSeen.Add(System.Text.Encoding.UTF8.GetString(key));

                Cutter.SkipValue();
            }
            while (Cutter.HasMore((byte)'}'));
        }

        _missingKey ??= step.Name;
        return false;
    }

    // Opens the array (without a step: of the whole document) or object that the path walks over; false for null, which has no elements.
    private bool TryEnter(RecordStep? step, out byte close)
    {
        var isObject = step?.Kind == RecordStepKind.Values;
        close = isObject ? (byte)'}' : (byte)']';
        if (Cutter.TryTake(isObject ? (byte)'{' : (byte)'[')) return true;

        if (Cutter.Peek() != 'n')
        {
            throw SourceError.At(
                SourceCodes.UnexpectedType, _name, Cutter.Line, Cutter.Character,
                isObject ? "expected an object on the path to the records" : $"'{step!.Name}' is not an array, on the path to the records"); // a whole document is one
        }

        Cutter.SkipValue();
        return false;
    }

    // Skips the rest of the objects that the path descended into.
    private void CloseAll(int depth)
    {
        for (; depth > 0; depth--)
        {
            while (Cutter.HasMore((byte)'}'))
            {
                Cutter.Peek();
                var (line, character) = (Cutter.Line, Cutter.Character);
                if (Cutter.Key().SequenceEqual(_path.Steps[depth - 1].Utf8))
                {
                    throw SourceError.At(
                        SourceCodes.DuplicateKey, _name, line, character, $"the key '{_path.Steps[depth - 1].Name}' occurs twice in one object");
                }

                Cutter.SkipValue();
            }
        }
    }

    private void Piece(int stepsDone, int index = -1, bool isMember = false)
    {
        var key = isMember ? Cutter.Key() : [];
        var keyStart = _batch.Append(key);
        Cutter.Peek();
        var (line, column, offset, start) = (Cutter.Line, Cutter.Column, Cutter.Offset, _batch.Used);
        var keyLength = isMember ? key.Length : -1;
        Cutter.CopyValue(_batch);
        _pieces.Add(new JsonPiece(start, _batch.Used - start, line, offset, column, stepsDone, index, keyStart, keyLength));
        _anyPiece = true;
    }

    private void RefuseMissingKey()
    {
        if (!_anyPiece && _missingKey is { } missing)
        {
            throw new DiagnosticException(new Diagnostic(
                SourceCodes.UnexpectedType, Severity.Error, $"{_name}: there is no key '{missing}', where `records:` expects the records")
            { Hint = NearestName.Hint(missing, _keysSeen) });
        }
    }
}
