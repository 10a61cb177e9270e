using System.Xml;
using InstructKit.Sources.Json;

namespace InstructKit.Sources.Markup;

/// <summary>Reads XML documents element by element: one element of the outermost level of the path is held at a time, as JSON. Without a path every child of
/// the root is a record. Document types are ignored and nothing outside the file is ever opened.</summary>
internal sealed class XmlRowReader : UnitRowReader
{
    private const string Any = "*";
    private const int DepthCeiling = 512;

    private readonly RecordPath _path;
    private readonly List<string> _names = [];
    private readonly int _stepsDone;
    private readonly bool _isLevel;
    private XmlReader? _xml;
    private string _file = string.Empty;
    private int _rootSteps;
    private int _index;
    private bool _anyUnit;

    public static SourceFormat Format { get; } = new("xml", input => new XmlRowReader(input), JsonColumns.Of)
    {
        Extensions = [".xml"],
        DeclaresEncoding = true,
    };

    public XmlRowReader(SourceInput input)
        : base(input)
    {
        _path = input.Spec.Records is { } records ? RecordPath.Parse(records) : new RecordPath([new RecordStep(RecordStepKind.Values, RecordPath.ValueLevel)]);
        foreach (var step in _path.Steps)
        {
            _stepsDone++;
            _isLevel = step.Kind != RecordStepKind.Key;
            if (step.Kind != RecordStepKind.Elements) _names.Add(step.Kind == RecordStepKind.Values ? Any : step.Name);

            if (_isLevel) break;
        }

        if (_names.Count == 0) throw SourceError.InSpec("`records:` must name an element of the XML documents, such as `entries.entry[]`");

        if (input.Columns.Contains("root", StringComparer.Ordinal))
            throw SourceError.InSpec("an XML document as a whole is not a column; use `row` or a level of `records:`");
    }

    private XmlReader Xml => _xml!;

    private IXmlLineInfo Position => (IXmlLineInfo)Xml;

    protected override void OpenFile(int file)
    {
        _file = Input.Files[file].Name;
        _anyUnit = false;
        _index = 0;
        _xml = XmlReader.Create(Opener.Open(Input.Files[file]), new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Ignore,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            CloseInput = true,
        });
        Guarded(() => Xml.MoveToContent());
        _rootSteps = _names[0] != Any && _names[0] == Xml.Name ? 0 : 1;
    }

    protected override void CloseFile()
    {
        _xml?.Dispose();
        _xml = null;
    }

    protected override RecordWalker CreateWalker(int file) => new(Spec, _path, Columns, isXml: true);

    protected override bool AppendPiece(RowBatch batch, List<JsonPiece> pieces)
    {
        var found = false;
        Guarded(() => found = Next(batch, pieces));
        if (!found && !_anyUnit && Spec.Records is { } records)
            throw SourceError.InFile(SourceCodes.UnexpectedType, _file, $"no element lies where `records: {records}` says");

        return found;
    }

    private bool Next(RowBatch batch, List<JsonPiece> pieces)
    {
        while (!Xml.EOF)
        {
            if (Xml.NodeType != XmlNodeType.Element)
            {
                Xml.Read();
                continue;
            }

            var at = Xml.Depth - _rootSteps;
            if (at >= 0 && _names[at] != Any && _names[at] != Xml.Name)
            {
                Xml.Skip();
            }
            else if (at == _names.Count - 1)
            {
                Piece(batch, pieces);
                Xml.Read();
                return true;
            }
            else
            {
                _index = 0;
                Xml.Read();
            }
        }

        return false;
    }

    private void Piece(RowBatch batch, List<JsonPiece> pieces)
    {
        var limits = Spec.Limits;
        var (line, column) = (Position.LineNumber, Position.LinePosition);
        try
        {
            var budget = limits.MaxLineBytes;
            var node = XmlElementNode.Read(Xml, Math.Min(limits.MaxJsonDepth, DepthCeiling) / 2, ref budget);
            var isNamed = _isLevel && _names[^1] == Any;
            var key = isNamed ? Encoding.UTF8.GetBytes(node.Name) : [];
            var keyStart = batch.Append(key);
            var start = batch.Used;
            node.Append(batch);
            pieces.Add(new JsonPiece(start, batch.Used - start, line, -1, 0, _stepsDone, _isLevel ? _index : -1, keyStart, isNamed ? key.Length : -1));
            _index++;
            _anyUnit = true;
        }
        catch (XmlElementLimitException limit)
        {
            var message = limit.IsDepth
                ? string.Create(CultureInfo.InvariantCulture, $"elements nested deeper than {Math.Min(limits.MaxJsonDepth, DepthCeiling) / 2} levels (half of --max-json-depth)")
                : string.Create(CultureInfo.InvariantCulture, $"the element that begins here is larger than {limits.MaxLineBytes} bytes; raise --max-line-bytes if that is right");
            throw SourceError.At(SourceCodes.LimitExceeded, _file, line, column - 1, message, limit);
        }
    }

    private void Guarded(Action read)
    {
        try
        {
            read();
        }
        catch (XmlException failure)
        {
            throw SourceError.At(SourceCodes.InvalidXml, _file, Math.Max(1, failure.LineNumber), Math.Max(0, failure.LinePosition - 1), Sentence(failure), failure);
        }
        catch (DecoderFallbackException failure)
        {
            throw SourceError.At(SourceCodes.InvalidEncoding, _file, Math.Max(1, Position.LineNumber), 0, "bytes that are not of the document's encoding", failure);
        }
    }

    // The framework's message ends with the position, which is already reported.
    private static string Sentence(XmlException failure)
    {
        var end = failure.Message.LastIndexOf(" Line ", StringComparison.Ordinal);
        return end < 0 ? failure.Message : failure.Message[..end];
    }
}
