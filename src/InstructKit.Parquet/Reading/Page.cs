using InstructKit.Parquet.Encodings;
using InstructKit.Parquet.Metadata;

namespace InstructKit.Parquet.Reading;

/// <summary>A data page, decompressed and taken apart. Its ranges are valid until the next page is read.</summary>
/// <param name="ValueCount">Values, nulls included.</param>
/// <param name="Repetitions">Decoder of the repetition levels; null when there are none.</param>
/// <param name="Definitions">Decoder of the definition levels; null when there are none.</param>
/// <param name="Values">The encoded values.</param>
/// <param name="Encoding">How they are encoded.</param>
/// <param name="Stream">The page in a window, in which the values begin where <paramref name="Values"/> does; null when all of them are there.</param>
internal readonly record struct Page(int ValueCount, LevelDecoder? Repetitions, LevelDecoder? Definitions, ByteRange Values, PageEncoding Encoding, PageStream? Stream);
